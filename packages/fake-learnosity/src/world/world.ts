import { SessionStore } from '../items/session-store.ts';
import { SubmissionLedger } from '../items/submission-ledger.ts';
import { JobStore } from '../jobs/job-store.ts';
import { ScriptBoard } from '../script/script-board.ts';
import type { GoneAnswer, Range } from '../settings/options.ts';
import { Random } from '../settings/random.ts';
import type { Settings } from '../settings/settings.ts';
import { Consumer } from './consumer.ts';
import { makeSessions } from './make-sessions.ts';
import { postScripts } from './post-scripts.ts';
import { Strays } from './strays.ts';

/** Everything that calls change, and what rules them. A reset puts a new world in the place of the old. */
export interface World {
  readonly consumers: ReadonlyMap<string, Consumer>;
  readonly strays: Strays;
  readonly sessions: SessionStore;
  readonly submissions: SubmissionLedger;
  readonly jobs: JobStore;
  readonly scripts: ScriptBoard;
  readonly random: Randomness;
  readonly jobMs: Range;
  readonly haltRate: number;
  readonly goneAnswer: GoneAnswer;
}

/** A stream for each use, so that one more draw here changes nothing there. */
interface Randomness {
  readonly references: Random;
  readonly jobs: Random;
  readonly latency: Random;
  readonly faults: Random;
  readonly removals: Random;
}

function randomnessFrom(seed: string): Randomness {
  return {
    references: new Random(`${seed}/references`),
    jobs: new Random(`${seed}/jobs`),
    latency: new Random(`${seed}/latency`),
    faults: new Random(`${seed}/faults`),
    removals: new Random(`${seed}/removals`),
  };
}

function sessionsAtStart(settings: Settings): SessionStore {
  const sessions = new SessionStore({ ...settings, startedAt: settings.clock() });
  if (settings.makeSessions !== undefined) makeSessions(sessions, settings, settings.makeSessions);
  return sessions;
}

/**
 * The world as it is at the start. Takes over the sessions and the randomness of the world before it: a reset never issues
 * a reference twice.
 */
export function createWorld(settings: Settings, before?: World): World {
  const random = before?.random ?? randomnessFrom(settings.seed);
  const sessions = before?.sessions ?? sessionsAtStart(settings);
  sessions.reset();
  const submissions = new SubmissionLedger(settings.lean);
  const consumers = new Map(settings.consumers.map((one) => [one.key, new Consumer(one, settings.quotas)]));
  const world: World = {
    consumers,
    strays: new Strays(),
    sessions,
    submissions,
    jobs: new JobStore(random.references, (job) => {
      if (job.kind === 'deletion') sessions.remove(job.items, job.count, job.endsAt, job.removals);
      else submissions.store(job.items, job.count);
    }),
    scripts: new ScriptBoard(random.faults),
    random,
    jobMs: settings.jobMs,
    haltRate: settings.haltRate,
    goneAnswer: settings.goneAnswer,
  };
  postScripts(world, settings.script, settings.clock());
  return world;
}
