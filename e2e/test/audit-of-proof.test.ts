import { describe, expect, test } from '@jest/globals';
import {
  appendTo,
  type Certificate,
  createKeyPair,
  type Entry,
  emptyHead,
  GoneSessions,
  headOf,
  issueCertificate,
  type JournalEvent,
  lineOf,
  readPublicKeys,
  readSigningKey,
  signHead,
  verifyJournal,
} from '@session-queue/core/evidence';
import { audit } from '../src/audit/audit.ts';
import type { Evidence } from '../src/audit/evidence.ts';
import type { Proof } from '../src/audit/proof.ts';
import { ids, soundEvidence, time } from './evidence-of.ts';

const pair = createKeyPair();
const key = readSigningKey(pair.privatePem);
const publicKeys = readPublicKeys([pair.publicPem]);
const at = new Date(time).toISOString();
const lane = { kind: 'deletion', consumer: 'default' } as const;
const request = 'ask-1';
const gone = { request, succeeded: 3, absent: 0, failed: 0, cancelled: 0, parked: 0 };
const total = { total: 3, succeeded: 3, failed: 0, cancelled: 0 };

const accepted: JournalEvent = { event: 'request-accepted', at, request, ...lane };
const sealed: JournalEvent = { event: 'request-sealed', at, request, items: 3, duplicates: 0 };
const completed: JournalEvent = {
  event: 'batch-completed',
  at,
  batch: 'b1',
  ...lane,
  reference: 'reference-1',
  shares: [gone],
};
const ended: JournalEvent = { event: 'request-ended', at, request, state: 'completed', ...total };
const sound = [accepted, sealed, completed, ended];

function chained(events: readonly JournalEvent[]): Entry[] {
  const entries: Entry[] = [];
  for (const event of events) entries.push(appendTo(lastOf(entries), event));
  return [...entries, signHead(lastOf(entries), at, key)];
}

function lastOf(entries: readonly Entry[]) {
  const last = entries.at(-1);
  return last === undefined ? emptyHead : headOf(last);
}

function certificateOf(entries: readonly Entry[], sessions: readonly string[], verified?: number): Certificate {
  const of = new GoneSessions();
  for (const id of sessions) of.add(id);
  const place = (event: string) =>
    headOf(entries.find(({ record }) => record.event === event) ?? (entries[0] as Entry));
  const { succeeded, ...rest } = total;
  const counts = { ...rest, succeeded, duplicates: 0, absent: 0, parked: 0, resent: 0 };
  const journal = { accepted: place('request-accepted'), ended: place('request-ended') };
  const verification = verified === undefined ? {} : { verification: { at, checked: verified, present: 0 } };
  const facts = {
    request: { id: request, ...lane },
    times: { accepted: at, ended: at },
    counts,
    journal,
    issuedAt: at,
  };
  return issueCertificate({ ...facts, ...verification, state: 'completed' }, key, of);
}

interface Wish {
  events?: readonly JournalEvent[];
  sessions?: readonly string[];
  certificate?: string;
  /** So many, by the certificate. */
  verified?: number;
  /** Takes a line out of the journal's file. */
  without?: number;
}

async function withProof({ events = sound, sessions = ids, certificate, verified, without }: Wish): Promise<Evidence> {
  const entries = chained(events);
  async function* lines() {
    for (const [place, entry] of entries.entries()) if (place !== without) yield lineOf(entry);
  }
  const verdict = await verifyJournal(lines(), publicKeys);
  const proof: Proof = {
    journals: [{ consumer: 'default', verdict, records: entries.map(({ record }) => record) }],
    certificates: new Map([[request, certificate ?? certificateOf(entries, sessions, verified)]]),
    publicKeys,
  };
  return { ...soundEvidence(), proof };
}

const found = async (wish: Wish) => audit(await withProof(wish)).findings.map(({ what }) => what);

describe('the audit of journal and certificates', () => {
  test('finds nothing where they say what was done', async () => {
    expect(await found({})).toEqual([]);
  });

  test.each<[string, Wish, string]>([
    ['a journal that lacks a record', { without: 1 }, 'the journal of default: '],
    ['a batch that is completed twice', { events: [...sound, completed] }, 'completes 1 batches twice'],
    ['a reference that is in no journal', { events: [accepted, sealed, ended] }, '1 job references are in no journal'],
    ['a request that ended twice', { events: [...sound, ended] }, 'request-ended is 2 times in the journal'],
    ['a request that was never sealed', { events: [accepted, completed, ended] }, 'request-sealed is 0 times'],
    [
      'other numbers in the batches than in the request',
      { events: [accepted, sealed, { ...completed, shares: [{ ...gone, succeeded: 2 }] }, ended] },
      "2 sessions are gone by the journal's batches, 3 by its counts",
    ],
    ['a deletion without a certificate', { certificate: 'not yet' }, 'ask-1: no certificate: not yet'],
    [
      'a certificate of other sessions',
      { sessions: [...ids.slice(1), 'another'] },
      '1 sessions are succeeded, and not proven to be gone',
    ],
    ['more that is verified than the request says', { verified: 3 }, 'certified as verified are 3, its view says 0'],
  ])('finds %s', async (_what, wish, finding) => {
    expect((await found(wish)).join('\n')).toContain(finding);
  });

  test('finds a certificate that another key has signed, and sessions that were never deleted', async () => {
    const evidence = await withProof({});
    const stranger = readPublicKeys([createKeyPair().publicPem]);
    const { proof, books } = evidence;
    if (proof === undefined) throw new Error('there is a proof');
    const wrongKey = audit({ ...evidence, proof: { ...proof, publicKeys: stranger } });
    expect(wrongKey.findings.map(({ what }) => what).join()).toContain('its certificate: it is signed by key');
    const [first = ''] = ids;
    const perSession = { ...books.perSession, [first]: { calls: 1, deletedAt: null } };
    const undone = audit({ ...evidence, books: { ...books, perSession } });
    expect(undone.findings.map(({ what }) => what).join()).toContain('proven to be gone, and were never deleted');
  });
});
