import { type Job, stateAt } from '../jobs/job.ts';
import { perEndpoint } from '../settings/endpoints.ts';
import type { Settings } from '../settings/settings.ts';
import type { World } from '../world/world.ts';
import type { CallLedger } from './call-ledger.ts';
import type { Books, CallBook, FullBooks, JobBook } from './schema.ts';

/** Draws up the totals as of now. */
export function drawUpBooks(world: World, settings: Settings): Books {
  const now = settings.clock();
  world.jobs.settle(now);
  const { lean, seed } = settings;
  const known = <T extends { distinct: number; repeated: number }>(totals: T) =>
    lean ? { ...totals, distinct: null, repeated: null } : { ...totals };
  return {
    seed,
    lean,
    consumers: Object.fromEntries(
      Array.from(world.consumers, ([key, { ledgers }]) => [key, perEndpoint((name) => callBook(ledgers[name]))]),
    ),
    strays: {
      received: world.strays.received,
      refused: Object.fromEntries(world.strays.refused),
      broken: world.strays.broken,
    },
    sessions: known(world.sessions.totals(now)),
    submissions: known(world.submissions.totals()),
    jobs: world.jobs.totals(),
  };
}

/** Draws up the totals with every session, submission and job. Costs memory for each. */
export function drawUpFullBooks(world: World, settings: Settings): FullBooks {
  const books = drawUpBooks(world, settings);
  const now = settings.clock();
  return {
    ...books,
    perSession: Object.fromEntries(world.sessions.books()),
    perSubmission: Object.fromEntries(world.submissions.books()),
    perJob: Array.from(world.jobs.all(), (job) => jobBook(job, now)),
  };
}

/** Every session given or made, as lines of JSON, in pieces. */
export function* sessionLines(world: World, settings: Settings): Generator<string> {
  const now = settings.clock();
  world.jobs.settle(now);
  let piece: string[] = [];
  for (const session of world.sessions.all(now)) {
    piece.push(`${JSON.stringify(session)}\n`);
    if (piece.length < 1000) continue;
    yield piece.join('');
    piece = [];
  }
  yield piece.join('');
}

/** The full books as JSON, in pieces: a million sessions make a text that is too long to hold at once. */
export function* fullBooksJson(world: World, settings: Settings): Generator<string> {
  const totals = JSON.stringify(drawUpBooks(world, settings));
  const now = settings.clock();
  const entry = ([key, book]: [string, unknown]) => `${JSON.stringify(key)}:${JSON.stringify(book)}`;
  yield `${totals.slice(0, -1)},"perSession":{`;
  yield* joined(world.sessions.books(), entry);
  yield '},"perSubmission":{';
  yield* joined(world.submissions.books(), entry);
  yield '},"perJob":[';
  yield* joined(world.jobs.all(), (job) => JSON.stringify(jobBook(job, now)));
  yield ']}';
}

function* joined<T>(entries: Iterable<T>, text: (entry: T) => string): Generator<string> {
  let piece: string[] = [];
  let first = true;
  for (const entry of entries) {
    piece.push(text(entry));
    if (piece.length < 1000) continue;
    yield (first ? '' : ',') + piece.join(',');
    first = false;
    piece = [];
  }
  if (piece.length > 0) yield (first ? '' : ',') + piece.join(',');
}

function callBook(ledger: CallLedger): CallBook {
  return {
    received: ledger.received,
    counted: ledger.counted,
    accepted: ledger.accepted,
    items: ledger.items,
    refused429: ledger.refused429,
    refused: Object.fromEntries(ledger.refused),
    lost: ledger.lost,
    spoilt: ledger.spoilt,
    abandoned: ledger.abandoned,
    misrouted: ledger.misrouted,
    quota: ledger.quota.calls,
    windowMs: ledger.quota.windowMs,
    mostInWindow: ledger.mostInWindow,
    firstArrival: ledger.firstArrival,
    lastArrival: ledger.lastArrival,
  };
}

function jobBook(job: Job, now: number): JobBook {
  const { reference, consumer, kind, count, createdAt, endsAt } = job;
  const finishedAt = now < endsAt ? null : endsAt;
  return { reference, consumer, kind, items: count, state: stateAt(job, now), createdAt, finishedAt };
}
