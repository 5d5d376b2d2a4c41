import { join } from 'node:path';
import {
  type Certificate,
  type Head,
  type JournalRecord,
  journalLines,
  readLine,
  verifyJournal,
} from '@session-queue/core/evidence';
import type { Proving } from '../world/proving.ts';
import type { World } from '../world/world.ts';
import type { JournalEvidence, Proof } from './proof.ts';

/** What proves the deletions of a run, as an auditor has it: certificates, and the journal's files. */
export async function readProof(world: World): Promise<Proof | undefined> {
  const { proving, consumers } = world;
  if (proving === undefined) return undefined;
  const certificates = new Map<string, Certificate | string>();
  for (const id of deletionsOf(world)) certificates.set(id, await readCertificate(world, id));
  const known = [...certificates.values()].filter((one) => typeof one !== 'string');
  const journals: JournalEvidence[] = [];
  for (const { name } of consumers) {
    const own = known.filter(({ request }) => request.consumer === name);
    journals.push(
      await readJournal(
        proving,
        name,
        own.flatMap(({ journal }) => [journal.accepted, journal.ended]),
      ),
    );
  }
  return { journals, certificates, publicKeys: proving.publicKeys };
}

/**
 * Asks whether every deletion that was promised has its certificate, which says what was verified where something was; of each only until
 * it has.
 */
export function certifiedOf(world: World): () => Promise<boolean> {
  const without = new Set(deletionsOf(world));
  return async () => {
    for (const id of without) if (await isCertified(world, id)) without.delete(id);
    return without.size === 0;
  };
}

async function isCertified(world: World, id: string): Promise<boolean> {
  const certificate = await readCertificate(world, id);
  if (typeof certificate === 'string') return false;
  if (certificate.verification !== undefined) return true;
  const view = await world.client.getRequest(id);
  return view?.verification?.state !== 'done';
}

function deletionsOf({ load }: World): string[] {
  return load.deliveries.flatMap(({ ask, outcome, request }) =>
    ask.kind === 'deletion' && outcome === 'promised' && request !== undefined ? [request] : [],
  );
}

async function readCertificate({ client }: World, id: string): Promise<Certificate | string> {
  return await client.certificate(id).catch((error: unknown) => String(error));
}

async function readJournal(
  { journals, publicKeys }: Proving,
  consumer: string,
  known: Head[],
): Promise<JournalEvidence> {
  const folder = join(journals, consumer);
  const records: JournalRecord[] = [];
  const verdict = await verifyJournal(noting(journalLines(folder), records), publicKeys, { known });
  return { consumer, verdict, records };
}

async function* noting(lines: AsyncIterable<string>, records: JournalRecord[]): AsyncGenerator<string> {
  for await (const line of lines) {
    const reading = readLine(line);
    if (reading.is === 'entry') records.push(reading.entry.record);
    yield line;
  }
}
