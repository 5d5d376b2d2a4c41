import { type Certificate, type JournalRecord, saltedLeaf, verifyCertificate } from '@session-queue/core/evidence';
import type { Evidence, Finding } from './evidence.ts';
import type { Fate } from './fates.ts';
import type { JournalEvidence, Proof } from './proof.ts';

const rule = 'the evidence is whole, and says what was done';

/** SHA-256. */
const leafBytes = 32;

type Completed = Extract<JournalRecord, { event: 'batch-completed' }>;

/** Compares journal and certificates with what the requests say and with what Learnosity has done. */
export function checkProof(evidence: Evidence, fates: readonly Fate[]): Finding[] {
  const { proof } = evidence;
  if (proof === undefined) return [];
  const faults = [
    ...proof.journals.flatMap(journalFaults),
    ...referenceFaults(evidence, proof),
    ...[...proof.certificates].flatMap(([id, certificate]) =>
      requestFaults(id, certificate, evidence, proof).map((fault) => `${id}: ${fault}`),
    ),
    ...sessionFaults(proof, fates),
  ];
  return faults.map((what) => ({ rule, what }));
}

function journalFaults({ consumer, verdict, records }: JournalEvidence): string[] {
  if (verdict.is === 'faulty') return [`the journal of ${consumer}: ${verdict.message}`];
  if (verdict.is === 'empty') return [`the journal of ${consumer} is empty`];
  const batches = records.flatMap((record) => (record.event === 'batch-completed' ? [record.batch] : []));
  const twice = batches.length - new Set(batches).size;
  return twice === 0 ? [] : [`the journal of ${consumer} completes ${twice} batches twice`];
}

/** Every call of which Redis took the reference is in the journal. */
function referenceFaults({ recorded, books }: Evidence, { journals }: Proof): string[] {
  const told = new Set(
    journals.flatMap(({ records }) => records.flatMap((one) => ('reference' in one ? [one.reference] : []))),
  );
  const deletions = new Set(books.perJob.filter(({ kind }) => kind === 'deletion').map(({ reference }) => reference));
  const untold = recorded.filter(({ reference }) => deletions.has(reference) && !told.has(reference)).length;
  return untold === 0 ? [] : [`${untold} job references are in no journal`];
}

function requestFaults(
  id: string,
  certificate: Certificate | string,
  { requests }: Evidence,
  { journals, publicKeys }: Proof,
): string[] {
  const view = requests.get(id)?.view;
  if (view === undefined) return [];
  if (typeof certificate === 'string') return [`no certificate: ${certificate}`];
  const verdict = verifyCertificate(certificate, publicKeys);
  if (verdict.is === 'faulty') return [`its certificate: ${verdict.message}`];
  const records = journals.find(({ consumer }) => consumer === view.consumer)?.records ?? [];
  const { total, succeeded, failed } = view.counts;
  const told = certificate.counts;
  const faults: string[] = [];
  if (told.total !== total || told.succeeded !== succeeded || told.failed !== failed)
    faults.push(`certified are ${told.succeeded} of ${told.total}, its counts are ${succeeded} of ${total}`);
  for (const event of ['request-accepted', 'request-sealed', 'request-ended'] as const) {
    const times = records.filter((record) => record.event === event && record.request === id).length;
    if (times !== 1) faults.push(`${event} is ${times} times in the journal`);
  }
  const { verified = 0, stillThere = 0 } = view.verification ?? {};
  const { checked = 0, present = 0 } = certificate.verification ?? {};
  if (checked - present !== verified || present !== stillThere)
    faults.push(`certified as verified are ${checked - present}, its view says ${verified}`);
  const gone = goneInBatches(records, id);
  if (gone !== succeeded) faults.push(`${gone} sessions are gone by the journal's batches, ${succeeded} by its counts`);
  return faults;
}

function goneInBatches(records: readonly JournalRecord[], id: string): number {
  return records
    .filter((record): record is Completed => record.event === 'batch-completed')
    .flatMap(({ shares }) => shares.filter(({ request }) => request === id))
    .reduce((sum, { succeeded }) => sum + succeeded, 0);
}

/** A session is proven to be gone where it is, and nowhere else. Each certificate is looked through once: its leaves are checked above. */
function sessionFaults({ certificates }: Proof, fates: readonly Fate[]): string[] {
  const leaves = new Map<string, ProvenSessions>();
  for (const [id, certificate] of certificates)
    if (typeof certificate !== 'string' && certificate.leaves !== undefined)
      leaves.set(id, new ProvenSessions(certificate.leaves));
  const wrong = new Map<string, number>();
  const note = (what: string) => wrong.set(what, (wrong.get(what) ?? 0) + 1);
  for (const { item, delivery, said, isDone } of fates) {
    const isProven = leaves.get(delivery.request ?? '')?.has(item);
    if (isProven === undefined) continue;
    if (isProven !== (said === 'succeeded')) note(`${said}, and ${isProven ? '' : 'not '}proven to be gone`);
    if (isProven && !isDone) note('proven to be gone, and were never deleted');
  }
  return [...wrong].map(([what, sessions]) => `${sessions} sessions are ${what}`);
}

class ProvenSessions {
  readonly #salt: Buffer;
  readonly #leaves = new Set<string>();

  constructor({ salt, list }: NonNullable<Certificate['leaves']>) {
    this.#salt = Buffer.from(salt, 'base64');
    const bytes = Buffer.from(list, 'base64');
    for (let from = 0; from < bytes.length; from += leafBytes)
      this.#leaves.add(bytes.toString('latin1', from, from + leafBytes));
  }

  has(sessionId: string): boolean {
    return this.#leaves.has(saltedLeaf(this.#salt, sessionId).toString('latin1'));
  }
}
