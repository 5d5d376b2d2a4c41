import { once } from 'node:events';
import { createServer } from 'node:http';
import { Pauses } from './answer/pauses.ts';
import { drawUpBooks, drawUpFullBooks } from './books/draw-up.ts';
import type { Books, FullBooks } from './books/schema.ts';
import type { SessionNow } from './items/session-record.ts';
import type { SessionBook } from './items/session-store.ts';
import type { SubmissionBook } from './items/submission-ledger.ts';
import type { ScriptInput } from './script/faults.ts';
import { createDataApi } from './server/data-api.ts';
import { createDesk, deskPrefix } from './server/desk.ts';
import type { MakeSessions } from './settings/make-sessions.ts';
import type { FakeLearnosityOptions } from './settings/options.ts';
import type { SessionSeed } from './settings/session-seed.ts';
import { settingsFrom } from './settings/settings.ts';
import { makeSessions } from './world/make-sessions.ts';
import { postScripts } from './world/post-scripts.ts';
import { createWorld } from './world/world.ts';

/** A fault that was posted. */
export interface ScriptHandle {
  /** How many calls it struck. */
  readonly struck: () => number;
  /** Takes it out of force. Safe to say twice. */
  readonly remove: () => void;
}

/** A running stand-in. */
export interface FakeLearnosity {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** The totals as of now. */
  readonly books: () => Books;
  /** The totals with every session, submission and job. */
  readonly fullBooks: () => FullBooks;
  /** What the books know of one session, by its id, and of one submission, by its base64 text. */
  readonly session: (id: string) => SessionBook;
  readonly submission: (base64: string) => SubmissionBook;
  /** Every session given or made, and what has become of it by now. */
  readonly sessions: () => Iterable<SessionNow>;
  /** Gives more sessions, or makes them from the seed. A reset keeps them. */
  readonly giveSessions: (sessions: Iterable<string | SessionSeed>) => void;
  readonly makeSessions: (spec: MakeSessions) => void;
  /** Resolves as soon as the books satisfy `check`, which is asked at every call. Rejects after `timeoutMs` (10,000). */
  readonly until: (check: (books: Books) => boolean, timeoutMs?: number) => Promise<Books>;
  /** Puts a fault in force. Throws a ZodError if it is malformed, an Error if it names an unknown consumer. */
  readonly script: (fault: ScriptInput) => ScriptHandle;
  /** Forgets calls, jobs, scripts and changed secrets; deleted sessions exist again. References go on. */
  readonly reset: () => void;
  /** Ends at once, whatever still hangs. Safe to say twice. */
  readonly close: () => Promise<void>;
}

/** Longer than any client keeps an idle connection, so that none is closed under a call that is on its way. */
const keepAliveMs = 120_000;

/** Starts a stand-in for the Data API on 127.0.0.1. */
export async function startFakeLearnosity(options: FakeLearnosityOptions = {}): Promise<FakeLearnosity> {
  const settings = settingsFrom(options);
  const pauses = new Pauses();
  const watchers = new Set<() => void>();
  let world = createWorld(settings);
  const currentWorld = () => world;
  const reset = () => {
    world = createWorld(settings, world);
  };
  const onBooked = () => {
    for (const watcher of watchers) watcher();
  };

  const dataApi = createDataApi({ settings, world: currentWorld, pauses, onBooked });
  const desk = createDesk({ settings, world: currentWorld, reset });
  const server = createServer((request, response) => {
    void (request.url?.startsWith(deskPrefix) ? desk : dataApi)(request, response);
  });
  server.keepAliveTimeout = keepAliveMs;
  server.headersTimeout = keepAliveMs + 1000;
  server.listen(settings.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  const books = () => drawUpBooks(world, settings);
  const settled = () => {
    world.jobs.settle(settings.clock());
    return world;
  };
  let closing: Promise<unknown> | undefined;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    books,
    fullBooks: () => drawUpFullBooks(world, settings),
    session: (id) => settled().sessions.book(id),
    submission: (base64) => settled().submissions.book(base64),
    sessions: () => settled().sessions.all(settings.clock()),
    giveSessions(sessions) {
      for (const session of sessions) world.sessions.give(session);
    },
    makeSessions: (spec) => makeSessions(world.sessions, settings, spec),
    until: (check, timeoutMs = 10_000) => watchUntil(watchers, books, check, timeoutMs),
    script(fault) {
      const { scripts } = world;
      const [posted] = postScripts(world, [fault], settings.clock());
      return { struck: () => posted?.struck ?? 0, remove: () => void (posted && scripts.remove(posted.id)) };
    },
    reset,
    async close() {
      if (closing === undefined) {
        pauses.end();
        closing = once(server, 'close');
        server.close();
        server.closeAllConnections();
      }
      await closing;
    },
  };
}

function watchUntil(
  watchers: Set<() => void>,
  books: () => Books,
  check: (books: Books) => boolean,
  timeoutMs: number,
): Promise<Books> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      watchers.delete(look);
      settle();
    };
    const look = () => {
      const now = books();
      if (check(now)) finish(() => resolve(now));
    };
    const timer = setTimeout(() => {
      finish(() => reject(new Error(`not so within ${timeoutMs} ms: ${JSON.stringify(books())}`)));
    }, timeoutMs);
    watchers.add(look);
    look();
  });
}
