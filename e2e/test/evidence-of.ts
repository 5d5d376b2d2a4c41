import type { ItemCounts, Kind } from '@session-queue/core';
import type { LaneFigures } from '@session-queue/core/engine';
import type { FullBooks } from '@session-queue/fake-learnosity';
import type { Evidence, LaneEvidence, RequestEvidence } from '../src/audit/evidence.ts';
import { submissionKey } from '../src/audit/fates.ts';
import type { Ask } from '../src/load/asks.ts';
import type { Delivery } from '../src/load/delivery.ts';

export const ids = ['fa1757ed-one', 'fa1757ed-two', 'fa1757ed-three'];
const key = 'key-of-default';
const time = 1_000_000;

export function ask(change: Partial<Ask> = {}): Ask {
  const base = { name: 'ask-1', way: 'library', kind: 'deletion', consumer: 'default', ignoring: false } as const;
  return { ...base, items: ids, bad: new Set(), ...change };
}

export function promised(of: Ask): Delivery {
  return { ask: of, outcome: 'promised', request: of.name, total: new Set(of.items).size, heard: ['promised'] };
}

export function completed({ name: id, kind, consumer, items }: Ask, resent = 0): RequestEvidence {
  const total = new Set(items).size;
  const none = {
    duplicates: 0,
    pending: 0,
    claimed: 0,
    submitted: 0,
    parked: 0,
    absent: 0,
    alreadyDeleted: 0,
    failed: 0,
    cancelled: 0,
  };
  const counts = { ...none, total, succeeded: total, resent };
  return {
    view: {
      id,
      kind,
      consumer,
      state: 'completed',
      counts,
      priority: 'normal',
      createdAt: new Date(time).toISOString(),
    },
    failed: [],
    parked: [],
  };
}

const callBook = {
  received: 5,
  counted: 5,
  accepted: 5,
  items: 3,
  refused429: 0,
  refused: {},
  lost: 0,
  spoilt: 0,
  abandoned: 0,
  misrouted: 0,
  quota: 5,
  windowMs: 1_000,
  mostInWindow: { received: 5, counted: 5, refused429: 0 },
  firstArrival: time,
  lastArrival: time,
};

/** The books of a Learnosity that was sent each of these once, and did it. */
export function books({ kind, items }: Ask): FullBooks {
  const isDeletion = kind === 'deletion';
  const each = [...new Set(items)];
  const done = isDeletion ? each.map((id) => [id, { calls: 1, deletedAt: time }]) : [];
  const stored = isDeletion ? [] : each.map((it) => [submissionKey(it), { calls: 1, ignoringRevisions: 0, stored: 1 }]);
  const callBooks = { deletion: callBook, resubmission: callBook, jobs: callBook, metadata: callBook };
  return {
    seed: 'seed',
    lean: false,
    consumers: { [key]: callBooks },
    strays: { received: 0, refused: {}, broken: 0 },
    sessions: { named: 3, distinct: 3, repeated: 0, absent: 0, deleted: 3, lingering: 0, reappeared: 0 },
    submissions: { held: 0, distinct: 0, repeated: 0, stored: 0 },
    jobs: { created: 1, open: 0, completed: 1, halted: 0 },
    perSession: Object.fromEntries(done) as FullBooks['perSession'],
    perSubmission: Object.fromEntries(stored) as FullBooks['perSubmission'],
    perJob: [
      {
        reference: 'reference-1',
        consumer: key,
        kind,
        items: each.length,
        state: 'completed',
        createdAt: time,
        finishedAt: time,
      },
    ],
  };
}

/** A run in which one request was promised and carried out as it should be. */
export function soundEvidence(of: Ask = ask()): Evidence {
  const quota = { calls: 5, windowMs: 1_000 };
  return {
    deliveries: [promised(of)],
    requests: new Map([[of.name, completed(of)]]),
    sessions: new Map(),
    lanes: [lane(of.kind)],
    isAllCounted: true,
    books: books(of),
    quotas: { deletion: quota, resubmission: quota },
    calls: [call({ endpoint: of.kind, items: of.items, sentAt: time })],
    recorded: [{ reference: 'reference-1', at: time + 50 }],
    keys: [
      { key: 'session-queue:{default}:request:ask-1', ttlMs: 1_000, entries: 0 },
      { key: 'session-queue:{default}:slots:deletion', ttlMs: -1, entries: 5 },
      { key: '{session-queue}:deletion.requests:meta', ttlMs: -1, entries: 0 },
    ],
    lines: [{ who: 'worker-1', text: '{"msg":"the worker runs"}' }],
    keysWithItems: [],
    forbidden: ['fa1757ed', 'planted-secret'],
    processes: [{ name: 'worker-1', endedByItself: undefined, deafTo: [] }],
    faults: [],
    foreign429: 0,
    foreignCalls: [],
    agedReferences: new Set(),
    forgotten: [],
    objections: [],
  };
}

/** A lane that has carried out what was asked for. */
export function lane(kind: Kind, change: Partial<LaneFigures> = {}, open: ItemCounts[] = []): LaneEvidence {
  const ended = { succeeded: ids.length, failed: 0, cancelled: 0 };
  const counted = { resent: 0, calls: 1, tooMany: 0, slotsTaken: 0, openRequests: open.length, inRotation: 0 };
  return {
    figures: {
      consumer: 'default',
      kind,
      items: { pending: 0, claimed: 0, submitted: 0, parked: 0 },
      ended,
      today: ended,
      ...counted,
      quota: undefined,
      atRisk: 0,
      missed: 0,
      nextDeadline: undefined,
      unapproved: 0,
      unapprovedSince: undefined,
      inWindow: 0,
      oldest: undefined,
      stop: undefined,
      ...change,
    },
    open,
  };
}

export function call(change: Partial<Evidence['calls'][number]>): Evidence['calls'][number] {
  const base = { endpoint: 'deletion', who: 'worker-1', consumerKey: key, items: [], sentAt: time } as const;
  return { ...base, reference: 'reference-1', status: 200, ...change };
}

/** The books with something else in the ledger of deletions. */
export function withLedger(evidence: Evidence, change: Partial<typeof callBook>): Evidence {
  const ledgers = evidence.books.consumers[key];
  if (ledgers === undefined) throw new Error('the books have one consumer');
  const consumers = { [key]: { ...ledgers, deletion: { ...callBook, ...change } } };
  return { ...evidence, books: { ...evidence.books, consumers } };
}

export { time };
