import { type Kind, meaningOf, type RedisProblem } from '@session-queue/core';
import { isHoldWait, stoppedByHand } from '@session-queue/core/engine';
import { holdsPath } from '../legal-holds/hold-path.ts';
import { count, counted, duration, kindTitles, utc } from '../pages/wording.ts';
import type { KindState, Lane, Overview } from './overview.ts';
import { remainingItems } from './overview.ts';
import { verificationProblems } from './verification-problems.ts';

/** Something that is not as it should be, and what a person can do. */
export interface Problem {
  tone: 'bad' | 'warn';
  title: string;
  detail: string;
  remedy: string;
  /** Where more of it is told. */
  way?: { path: string; words: string };
  /** Where a lane is meant, so that its forms can stand here as well. */
  lane?: Lane;
}

/** What to do where no worker is alive, and where none has a consumer's credentials. */
export const startWorker =
  'Start a worker. Where one ends at once its last lines in the log say why: exit code 78 means wrong settings.';
export const giveCredentials =
  'Put the consumer into the settings of a worker (CONSUMERS_FILE) and restart it, or cancel the requests.';

/** Lanes that are told of one by one for each sort of problem; the rest is counted. */
const mostOfASort = 10;

/** All that is wrong, the worst first. */
export function problemsOf(overview: Overview): Problem[] {
  const { lanes, kinds, redis, readAt } = overview;
  const { shown, late } = verificationProblems(overview);
  const problems = [
    ...workerProblems(overview),
    ...redis.problems.map(redisProblem),
    ...kinds.flatMap(kindProblems),
    ...some(
      lanes.filter(({ stop }) => stop !== undefined).map((lane) => stoppedLane(lane, readAt)),
      'lanes are stopped',
    ),
    ...some(lanes.filter(isUnknown).map(unknownConsumer), 'lanes wait for a worker that knows their consumer'),
    ...some(
      lanes.filter(({ missed }) => missed > 0).map((lane) => missedDeadlines(lane, readAt)),
      'lanes have requests behind their deadline',
    ),
    ...some(
      lanes.filter(({ atRisk }) => atRisk > 0).map(deadlinesAtRisk),
      'lanes have requests that are at risk of missing their deadline',
    ),
    ...some(shown, 'findings of deleted sessions that Learnosity shows'),
    ...some(late, 'consumers whose verification is late'),
    ...some(lanes.filter(({ items }) => items.parked > 0).map(parkedItems), 'lanes have parked items'),
    ...some(lanes.filter(({ rate }) => (rate?.tooMany ?? 0) > 0).map(tooManyCalls), 'lanes were answered with 429s'),
  ];
  return problems.toSorted((one, other) => Number(one.tone === 'warn') - Number(other.tone === 'warn'));
}

function workerProblems({ workers, readAt }: Overview): Problem[] {
  const gone = workers.filter(({ isAlive }) => !isAlive);
  const problems: Problem[] = [];
  if (gone.length === workers.length) {
    problems.push({
      tone: 'bad',
      title: 'No worker is alive',
      detail: 'Requests are taken and kept, and nothing is sent.',
      remedy: startWorker,
    });
  }
  const [last] = gone;
  if (last !== undefined) {
    const others = gone.length === 1 ? '' : `, and ${counted(gone.length - 1, 'other')} before`;
    problems.push({
      tone: 'warn',
      title: `${counted(gone.length, 'worker')} ended without taking leave`,
      detail: `The last one on ${last.host} (process ${last.pid}), last heard of ${duration(readAt - last.seenAt)} ago${others}. What it had begun goes on elsewhere.`,
      remedy:
        'See its log and that of its machine or container: out of memory, killed, or cut off from Redis. Start it again.',
    });
  }
  return problems;
}

function redisProblem({ code, message }: RedisProblem): Problem {
  const [detail = message, remedy = 'see the settings of Redis'] = splitOnce(message, ': ');
  return { tone: 'bad', title: redisTitles[code], detail: sentence(detail), remedy: sentence(remedy) };
}

const redisTitles = {
  unreachable: 'Redis does not answer',
  version: 'Redis is too old',
  not_writable: 'Redis takes no writes',
  append_only_off: 'Redis keeps nothing over a restart',
  append_failed: 'Redis cannot write to its disk',
  eviction: 'Redis may evict what was accepted',
  memory_short: 'Redis is short of memory: nothing new is accepted',
} as const satisfies Record<RedisProblem['code'], string>;

/** The remedy stands behind the last colon: addresses before it may hold colons too. */
function splitOnce(text: string, by: string): string[] {
  const at = text.lastIndexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + by.length)];
}

function kindProblems({ kind, stop, isIntakePaused, isSendingPaused }: KindState): Problem[] {
  const problems: Problem[] = [];
  if (stop !== undefined) {
    const by = stop.by === undefined ? '' : ` by ${stop.by}`;
    problems.push({
      tone: 'bad',
      title: `Every ${kind} is stopped`,
      detail: `Over all consumers, since ${utc(stop.since)}${by}: ${stop.reason}`,
      remedy: `When the reason is over, start it again below, or by session-queue start --kind ${kind}.`,
    });
  }
  if (isSendingPaused) problems.push(paused(kind, `Sending of ${kind}s is paused`, 'What was asked for waits.'));
  if (isIntakePaused) {
    problems.push(
      paused(kind, `Intake of ${kind}s is paused`, 'What is accepted from now on waits, however it was asked for.'),
    );
  }
  return problems;
}

function paused(kind: Kind, title: string, detail: string): Problem {
  return { tone: 'warn', title, detail, remedy: `Resume it below, under ${kind}s.` };
}

function stoppedLane(lane: Lane, now: number): Problem {
  const { consumer, kind, stop } = lane;
  if (stop === undefined) throw new Error('a stopped lane has a reason');
  const since = `Since ${utc(stop.since)} (${duration(now - Date.parse(stop.since))})`;
  const isByHand = stop.code === stoppedByHand;
  const { meaning, remedy } = meaningOf(stop.code);
  const waiting = `${counted(remainingItems(lane), 'item')} to go, and none fails of it.`;
  return {
    tone: isByHand || stop.until !== undefined ? 'warn' : 'bad',
    title: isByHand
      ? `A person has stopped ${kind}s of ${consumer}`
      : `The lane for ${kind}s of ${consumer} ${stop.until === undefined ? 'is stopped' : `waits until ${utc(stop.until)}`}`,
    detail: `${since}: ${stop.message}${isByHand ? '.' : ` (${stop.code}). ${meaning}`} ${waiting}`,
    remedy,
    ...(isHoldWait(stop) && { way: { path: holdsPath(consumer), words: 'Its legal holds' } }),
    lane,
  };
}

/** A lane with work that no worker has the credentials for. */
function isUnknown(lane: Lane): boolean {
  return !lane.isKnown && remainingItems(lane) > 0;
}

function unknownConsumer(lane: Lane): Problem {
  const { consumer, kind } = lane;
  return {
    tone: 'bad',
    title: `No worker knows ${consumer}`,
    detail: `${counted(remainingItems(lane), 'item')} to go as ${kind}s, and no worker that is alive has the credentials of this consumer.`,
    remedy: giveCredentials,
    lane,
  };
}

function parkedItems(lane: Lane): Problem {
  const { consumer, kind, items } = lane;
  return {
    tone: 'warn',
    title: `${counted(items.parked, 'parked item')} of ${consumer}`,
    detail: `It is unknown whether these ${kind}s arrived, and sent twice they could overwrite newer responses.`,
    remedy:
      'See at Learnosity whether they arrived, then decide at the command line: session-queue parked <request> resend, or fail.',
    lane,
  };
}

const sooner =
  'They go before all others. What is missing is quota, or somebody holds them up: see each for what; hold or cancel others, or release what is held.';

function missedDeadlines(lane: Lane, now: number): Problem {
  const { consumer, kind, missed, nextDeadline = now } = lane;
  return {
    tone: 'bad',
    title: `${counted(missed, 'request')} of ${consumer} behind ${missed === 1 ? 'its' : 'their'} deadline`,
    detail: `Open ${kind}s; the earliest was due ${duration(now - nextDeadline)} ago. Under “${kindTitles[kind]}” below they are listed.`,
    remedy: sooner,
    lane,
  };
}

function deadlinesAtRisk(lane: Lane): Problem {
  const { consumer, kind, atRisk } = lane;
  return {
    tone: 'warn',
    title: `${counted(atRisk, 'request')} of ${consumer} at risk of missing ${atRisk === 1 ? 'its' : 'their'} deadline`,
    detail: `With all ${kind}s that are due before, at the whole quota, ${atRisk === 1 ? 'it is' : 'they are'} not sure to be done in time. Under “${kindTitles[kind]}” below they are listed.`,
    remedy: sooner,
    lane,
  };
}

function tooManyCalls({ consumer, kind, rate }: Lane): Problem {
  const { meaning, remedy } = meaningOf('42000');
  return {
    tone: 'warn',
    title: `${counted(rate?.tooMany ?? 0, 'call')} of ${consumer} answered with 429`,
    detail: `In the last ${duration(rate?.tooManyOverMs ?? 0)}, among ${kind}s. ${meaning}`,
    remedy,
  };
}

/** The first ones of a sort, and how many more there are. */
function some(problems: Problem[], what: string): Problem[] {
  const more = problems.length - mostOfASort;
  if (more <= 0) return problems;
  const rest: Problem = {
    tone: problems[mostOfASort]?.tone ?? 'warn',
    title: `${count(more)} more ${what}`,
    detail: 'They stand in the table below, the stopped ones first.',
    remedy: 'Search there for a consumer.',
  };
  return [...problems.slice(0, mostOfASort), rest];
}

function sentence(text: string): string {
  const whole = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return whole.endsWith('.') ? whole : `${whole}.`;
}
