import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { certificateSchema } from '../../src/evidence/certificate/certificate.ts';
import { appendTo, type Entry, emptyHead, type Head, headOf } from '../../src/evidence/journal/chain.ts';
import { signHead } from '../../src/evidence/journal/checkpoint.ts';
import { recordSchema } from '../../src/evidence/journal/record.ts';
import { certify, dueCertificates } from '../../src/evidence-store/certify.ts';
import { readEvidenceWait } from '../../src/evidence-store/evidence-wait.ts';
import { journalEvents } from '../../src/evidence-store/journal-events.ts';
import { JournalStore, readJournalState } from '../../src/evidence-store/journal-store.ts';
import { oldestEventAgeMs, readOutbox, switchEvidence } from '../../src/evidence-store/outbox.ts';
import { readLeaves } from '../../src/evidence-store/read-certificate.ts';
import { readSalts, saltedLeaves } from '../../src/evidence-store/salted-leaves.ts';
import { batchKey, requestKey } from '../../src/lanes/keys.ts';
import { cancelRequest, redriveItems } from '../../src/requests/control.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { at, eventOf, newPair } from '../evidence/evidence-lab.ts';
import { ids, Lab } from '../lanes/lab.ts';

leakGuard();

let lab: Lab;
let store: JournalStore;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(async () => await lab.stop());
beforeEach(async () => {
  lab.next();
  store = new JournalStore(lab.keys, 'one');
  await switchEvidence(lab.keys, true);
});

function entriesBehind(head: Head, count: number): Entry[] {
  const entries: Entry[] = [];
  for (let number = 0; number < count; number += 1) {
    const entry = appendTo(entries.length === 0 ? head : headOf(entries.at(-1) as Entry), eventOf(number));
    entries.push(entry);
  }
  return entries;
}

const head = async () => (await readJournalState(lab.keys)).head;
const events = async () => (await readOutbox(lab.keys, 100)).map(({ fields }) => String(fields.get('event')));

describe('the outbox', () => {
  test('holds what became of a deletion, in its order, from its seal to its end', async () => {
    await lab.request('r', ids(2));
    const lane = lab.lane();
    const { reference } = await lab.submit(lane, 'b');
    await lane.resolve('b', { reference }, { outcomes: ['succeeded', 'failed'], code: 'x', message: 'y' });
    expect(await events()).toEqual(['sealed', 'sent', 'completed', 'ended']);
  });

  test('is told nothing twice when a script runs twice (invariant 11)', async () => {
    await lab.request('r', ids(1));
    await lab.request('r', ids(1));
    const lane = lab.lane();
    const { claim, reference } = await lab.submit(lane, 'b');
    await lane.recordReference(claim, '1', reference, { msSinceHeaders: 0, firstPollMs: 0 });
    for (let times = 0; times < 2; times += 1) await lane.resolve('b', { reference }, { outcomes: ['succeeded'] });
    expect(await events()).toEqual(['sealed', 'sent', 'completed', 'ended']);
    expect(await lab.redis.strlen(`${requestKey(lab.keys, 'r')}:leaves`)).toBe(32);
  });

  test('is told who revoked a request and why, before its end and once (invariant 11)', async () => {
    await storeRequest(lab.keys, { id: 'r', kind: 'deletion', ignoring: false, items: ids(2) });
    for (let times = 0; times < 2; times += 1) {
      await cancelRequest(lab.keys, 'r', 60_000, { reason: 'not yet', by: 'grace' });
    }
    expect(await events()).toEqual(['sealed', 'revoked', 'ended']);
    const [, revoked] = await readOutbox(lab.keys, 100);
    if (revoked === undefined) throw new Error('no event');
    const [told] = journalEvents('north', revoked, () => undefined);
    expect(told?.event).toMatchObject({ event: 'request-revoked', request: 'r', by: 'grace', reason: 'not yet' });
    expect(recordSchema.parse({ ...told?.event, sequence: 1 })).toHaveProperty('at');
  });

  test('is told the digest of the selection that somebody confirmed', async () => {
    const selection = { id: 'chosen', digest: 'ab'.repeat(32) };
    await storeRequest(lab.keys, { id: 'r', kind: 'deletion', ignoring: false, items: ids(2), selection });
    const [sealed] = await readOutbox(lab.keys, 1);
    if (sealed === undefined) throw new Error('no event');
    const [, told] = journalEvents('north', sealed, () => Buffer.alloc(32));
    expect(told?.event).toMatchObject({ selection: 'chosen', selectionDigest: selection.digest });
    expect(told?.event).not.toMatchObject({ digest: selection.digest });
    expect(recordSchema.parse({ ...told?.event, sequence: 1 })).toHaveProperty('selectionDigest', selection.digest);
  });

  test('is not told of a revocation where a request is only cancelled', async () => {
    await lab.request('r', ids(2));
    await cancelRequest(lab.keys, 'r', 60_000);
    expect(await events()).toEqual(['sealed', 'ended']);
  });

  test('is told nothing where evidence is off, nor of resubmissions', async () => {
    await lab.request('s', ['c3VibWlzc2lvbg=='], 'resubmission');
    await switchEvidence(lab.keys, false);
    await lab.request('r', ids(1));
    await cancelRequest(lab.keys, 'r', 60_000);
    expect(await events()).toEqual([]);
  });

  test('is told of a request at its opening that a producer sealed which knows nothing of evidence', async () => {
    await switchEvidence(lab.keys, false);
    await storeRequest(lab.keys, { id: 'r', kind: 'deletion', ignoring: false, items: ids(1) });
    await switchEvidence(lab.keys, true);
    await lab.request('r', ids(1));
    expect(await events()).toEqual(['sealed']);
  });
});

describe('salts and leaves', () => {
  test('a request has one salt, whoever asks first', async () => {
    await lab.request('r', ids(1));
    const [first, second] = await Promise.all([readSalts(lab.keys, ['r']), readSalts(lab.keys, ['r', 'none'])]);
    expect(first[0]).toHaveLength(32);
    expect(second).toEqual([first[0], undefined]);
  });

  test('an item has its leaf at its place, and one that is not gone has none', async () => {
    await lab.request('r', ids(3));
    await lab.claim(lab.lane(), 'b');
    const leaves = await saltedLeaves(lab.keys, 'b', (position) => position !== 1);
    expect(leaves.subarray(32, 64)).toEqual(Buffer.alloc(32));
    expect(leaves.subarray(0, 32)).not.toEqual(Buffer.alloc(32));
    expect(await lab.redis.exists(batchKey(lab.keys, 'b'))).toBe(1);
  });
});

describe('the journal in Redis', () => {
  test('takes records behind its head, and their events out of the outbox, in one step', async () => {
    await lab.request('r', ids(1));
    await store.lease(10_000, false);
    const [event] = await readOutbox(lab.keys, 1);
    const entries = entriesBehind(emptyHead, 2);
    const done = { events: [event?.id ?? ''] };
    expect(await store.append(emptyHead, entries, done)).toBe(true);
    expect(await oldestEventAgeMs(lab.keys)).toBeUndefined();
    expect(await head()).toEqual(headOf(entries[1] as Entry));
    expect(await store.entries(1, 10)).toEqual(entries);
  });

  test('takes the same records once, when the command comes again (invariant 11)', async () => {
    await lab.request('r', ids(1));
    await store.lease(10_000, false);
    const entries = entriesBehind(emptyHead, 2);
    expect(await store.append(emptyHead, entries)).toBe(true);
    expect(await store.append(emptyHead, entries)).toBe(true);
    expect(await store.entries(1, 10)).toHaveLength(2);
  });

  test('takes nothing behind another head than its own: whoever slept writes nothing', async () => {
    await lab.request('r', ids(1));
    await store.lease(10_000, false);
    const entries = entriesBehind(emptyHead, 2);
    await store.append(emptyHead, entries);
    expect(await store.append(emptyHead, entriesBehind(emptyHead, 1))).toBe(false);
    expect(await store.entries(1, 10)).toEqual(entries);
  });

  test('takes nothing from who has no lease', async () => {
    await lab.request('r', ids(1));
    await store.lease(10_000, false);
    const other = new JournalStore(lab.keys, 'two');
    expect((await other.lease(10_000, false)).is).toBe('other');
    expect(await other.append(emptyHead, entriesBehind(emptyHead, 1))).toBe(false);
    await store.release();
    expect((await other.lease(10_000, false)).is).toBe('mine');
    expect(await other.append(emptyHead, entriesBehind(emptyHead, 1))).toBe(true);
  });

  test('lets the lease go where nothing waits', async () => {
    expect((await store.lease(10_000, true)).is).toBe('idle');
    await lab.request('r', ids(1));
    await store.lease(10_000, true);
    const entry = signHead(emptyHead, at, newPair().signing);
    const waiting = await readOutbox(lab.keys, 10);
    await store.append(emptyHead, [entry], { events: waiting.map(({ id }) => id) });
    expect((await store.lease(10_000, true)).is).toBe('mine');
    await store.archived(1);
    expect((await store.lease(10_000, true)).is).toBe('idle');
    expect(await store.entries(1, 10)).toEqual([]);
  });

  test('tells a request where its end stands, and that its certificate is due', async () => {
    await lab.request('r', ids(1));
    await store.lease(10_000, false);
    const entries = entriesBehind(emptyHead, 1);
    const first = headOf(entries[0] as Entry);
    await lab.redis.hset(requestKey(lab.keys, 'r'), 'finishedAt', 5);
    await store.append(emptyHead, entries, {
      notes: [
        { request: 'r', of: 'ended', at: 5, head: first },
        { request: 'gone', of: 'ended', at: 5, head: first },
      ],
    });
    expect(await lab.redis.hget(requestKey(lab.keys, 'r'), 'endedRecord')).toBe(`1 ${first.hash}`);
    expect(await dueCertificates(lab.keys, 10)).toEqual(['r']);
  });

  test('has no certificate of an end whose record is not in it yet', async () => {
    await lab.request('r', ids(1));
    await store.lease(10_000, false);
    const lane = lab.lane('deletion', { quota: { calls: 1_000, windowMs: 1_000 } });
    const failed = { outcomes: ['failed' as const], code: 'x', message: 'y' };
    await lane.resolve('b', { reference: (await lab.submit(lane, 'b')).reference }, failed);
    const entries = entriesBehind(emptyHead, 3);
    const endedAt = async () => Number(await lab.redis.hget(requestKey(lab.keys, 'r'), 'finishedAt'));
    const endsWith = (entry: Entry | undefined, endAt: number) => ({
      notes: [{ request: 'r', of: 'ended' as const, at: endAt, head: headOf(entry as Entry) }],
    });
    const { signing } = newPair();
    const certified = async () => {
      expect(await certify(lab.keys, 'r', signing, async () => undefined)).toBeUndefined();
      const text = await lab.redis.get(`${requestKey(lab.keys, 'r')}:certificate`);
      return text === null ? undefined : certificateSchema.parse(JSON.parse(text)).journal.ended.sequence;
    };
    expect(await certified()).toBeUndefined();
    const accepted = { request: 'r', of: 'accepted' as const, at: 0, head: headOf(entries[0] as Entry) };
    const firstEnd = await endedAt();
    await store.append(emptyHead, entries.slice(0, 1), { notes: [accepted, ...endsWith(entries[0], firstEnd).notes] });
    expect(await certified()).toBe(1);

    await redriveItems(lab.keys, 'r', { from: 'failed', action: 'resend', items: 1, retentionMs: 60_000 });
    await lane.resolve('c', { reference: (await lab.submit(lane, 'c')).reference }, failed);
    await lab.redis.del(`${requestKey(lab.keys, 'r')}:certificate`);
    expect(await certified()).toBeUndefined();
    // The record of an earlier end may be late.
    await store.append(headOf(entries[0] as Entry), entries.slice(1, 2), endsWith(entries[1], firstEnd - 1));
    expect(await certified()).toBeUndefined();
    await store.append(headOf(entries[1] as Entry), entries.slice(2), endsWith(entries[2], await endedAt()));
    expect(await dueCertificates(lab.keys, 10)).toEqual(['r']);
    expect(await certified()).toBe(3);
  });

  test('has no certificate of sessions that are taken back in such number that they do not fit into memory', async () => {
    await lab.redis.setrange(`${requestKey(lab.keys, 'r')}:leaves-back`, 32 * 100_001 - 1, 'x');
    const reading = (async () => {
      for await (const _ of readLeaves(lab.keys, 'r')) throw new Error('nothing is to be read');
    })();
    await expect(reading).rejects.toThrow('second deletion of over 100,000');
  });
});

describe('evidence that waits', () => {
  const minuteMs = 60_000;

  test('waits for the journal since its event, and to be written out since its record where there is an archive', async () => {
    expect(await readEvidenceWait(lab.keys)).toEqual({ consumer: lab.keys.consumer, eventMs: 0, recordMs: 0 });
    const id = `${Date.now() - 7 * minuteMs}-0`;
    await lab.redis.xadd(`${lab.keys.base}evidence:outbox`, id, 'event', 'sealed');
    await store.lease(10_000, true);
    const first = appendTo(emptyHead, { event: 'request-sealed', at, request: 'r', items: 1, duplicates: 0 });
    const earlier = new Date(Date.now() - 9 * minuteMs).toISOString();
    const sealed = { event: 'request-sealed', request: 'r', items: 2, duplicates: 0 } as const;
    const second = appendTo(headOf(first), { ...sealed, at: earlier });
    await store.append(emptyHead, [first, second]);
    await lab.redis.xdel(`${lab.keys.base}journal`, '1-0');
    // None has been written out, ever.
    expect(Math.round((await readEvidenceWait(lab.keys)).recordMs / minuteMs)).toBe(9);
    await lab.redis.hdel(`${lab.keys.base}evidence`, 'toArchive');
    expect(await readEvidenceWait(lab.keys)).toMatchObject({ recordMs: 0 });
    await store.archived(1);
    const wait = await readEvidenceWait(lab.keys);
    expect(Math.round((wait?.eventMs ?? 0) / minuteMs)).toBe(7);
    expect(Math.round((wait?.recordMs ?? 0) / minuteMs)).toBe(9);
    await store.archived(2);
    expect(await readEvidenceWait(lab.keys)).toMatchObject({ recordMs: 0 });
  });
});
