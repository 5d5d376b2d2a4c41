import { kinds, LegalHoldStore, type RedisConnection, type SystemHealth } from '@session-queue/core';
import {
  Announcements,
  consumerKeys,
  KindSwitch,
  type QueueFacts,
  readLaneStop,
  readQueueFacts,
  readWorkerSettings,
  requestsWithRemoved,
} from '@session-queue/core/engine';
import type { Hint, Way } from '../connection/session.ts';
import { counted, printable, readable } from '../wording.ts';
import { checkEvidence } from './evidence.ts';
import { bad, type Finding, fromMessage, ok, warn } from './finding.ts';
import { settingsFindings } from './settings.ts';

type RedisWay = Extract<Way, { is: 'redis' }>;

/** Whether anybody works, and what keeps work from going on. `hint` is how this program is called. */
export async function checkWork(
  { redis, prefix, given }: RedisWay,
  health: SystemHealth,
  hint: Hint,
): Promise<Finding[]> {
  const names = await new Announcements(redis, prefix).names();
  const all = await Promise.all([
    readWorkerSettings(redis, prefix).then((said) => settingsFindings(said, given)),
    readQueueFacts(redis, prefix).then((facts) => facts.flatMap(ofQueue)),
    checkStops(redis, prefix, hint),
    ...names.map((name) => checkEvidence(redis, prefix, name)),
    ...names.map((name) => checkRemoved(redis, prefix, name)),
    ...names.map((name) => checkHolds(redis, prefix, name, hint)),
    ...names.flatMap((name) => kinds.map((kind) => checkLane(redis, prefix, name, kind))),
  ]);
  return [...workersFindings(health), ...all.flat()];
}

/** The names stand here and not in `/readyz`: who can read Redis may know them. */
function workersFindings({ work, warnings }: SystemHealth): Finding[] {
  if (work === undefined) return [];
  const { workers, served, unserved } = work;
  const alive = workers === 0 ? [] : [ok(`${counted(workers, 'worker')} alive, for ${served.join(', ')}`)];
  const found = warnings.flatMap(({ level, code, message }): Finding[] => {
    if (code === 'clock') return [];
    const finding = fromMessage(level, message);
    return [code === 'consumer_unserved' ? { ...finding, what: `${finding.what} (${unserved.join(', ')})` } : finding];
  });
  return [...alive, ...found];
}

function ofQueue({ name, isPaused, version, ownVersion }: QueueFacts): Finding[] {
  const findings: Finding[] = [];
  if (isPaused) findings.push(bad(`The queue ${name} is paused`, 'resume it in Bull Board'));
  if (version !== undefined && version !== ownVersion) {
    findings.push(
      warn(
        `The queue ${name} was last written by ${version}, and this is ${ownVersion}`,
        'bring all parts to one version',
      ),
    );
  }
  return findings.length > 0 ? findings : [ok(`The queue ${name} is not paused`)];
}

async function checkStops(redis: RedisConnection, prefix: string, hint: Hint): Promise<Finding[]> {
  const kindSwitch = new KindSwitch(redis, prefix);
  const found = await Promise.all(
    kinds.map(async (kind): Promise<Finding[]> => {
      const stop = await kindSwitch.read(kind);
      if (stop === undefined) return [];
      return [
        bad(`Every ${kind} is stopped since ${stop.since}: ${printable(stop.reason)}`, hint(`start --kind ${kind}`)),
      ];
    }),
  );
  return found.flat();
}

async function checkLane(
  redis: RedisConnection,
  prefix: string,
  consumer: string,
  kind: (typeof kinds)[number],
): Promise<Finding[]> {
  const stop = await readLaneStop(consumerKeys(redis, prefix, consumer), kind);
  if (stop === undefined) return [];
  const what = `The lane of ${consumer} for ${kind}s is stopped since ${stop.since}: ${printable(stop.message)} (${stop.code})`;
  if (stop.until !== undefined) return [warn(what, `it goes on by itself at ${stop.until}`)];
  return [
    bad(
      what,
      'mend the credentials, rights or version of this consumer in the workers; the lane then goes on by itself',
    ),
  ];
}

/** Things of one kind that are named; one that is not shows once these are mended. */
const mostNamed = 10;

async function checkRemoved(redis: RedisConnection, prefix: string, consumer: string): Promise<Finding[]> {
  const requests = await requestsWithRemoved(consumerKeys(redis, prefix, consumer), mostNamed);
  return requests.map((id) =>
    bad(
      `Items of request ${printable(id)} of ${consumer} are in no batch: somebody took the record of theirs out of Redis`,
      'put it back within 10 minutes, or leave it to the workers: the items fail with the code record_removed, and the request ends. Then ask for all of it again',
    ),
  );
}

async function checkHolds(redis: RedisConnection, prefix: string, consumer: string, hint: Hint): Promise<Finding[]> {
  const holds = await new LegalHoldStore(redis, prefix).holdsOnNothing(consumer);
  if (holds.length === 0) return [];
  const named = holds.slice(0, mostNamed).map(printable).join(', ');
  const more = holds.length > mostNamed ? ` and ${readable(holds.length - mostNamed)} more` : '';
  return [
    warn(
      `${counted(holds.length, 'legal hold')} of ${consumer} ${holds.length === 1 ? 'keeps' : 'keep'} nothing, as Learnosity shows no session of the user or activity: ${named}${more}`,
      `hold sessions without metadata by their ids, and see how the user or activity is spelled: ${hint('legal-hold show <id>')}`,
    ),
  ];
}
