import { LearnosityError } from '@session-queue/core';
import {
  beginPart,
  type ConsumerKeys,
  type Division,
  divisionOf,
  type FetchSessionsPage,
  KnownItems,
  narrowedFilter,
  type PageRecorded,
  recordPart,
  type SessionPlaces,
  type Walk,
  walkSessions,
} from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { isHopeless } from './hopeless.ts';

interface Options {
  keys: ConsumerKeys;
  walk: Walk;
  retentionMs: number;
  fetchPage: FetchSessionsPage;
  /** Holds on to the walk, before each piece of what takes long without a page; throws where it is to be let go. */
  stay: () => Promise<void>;
  log: Logger;
}

interface Failure {
  code: string;
  message: string;
}

type Unrecorded = Exclude<PageRecorded, 'recorded'>;

/**
 * Walks a selection that is found once more for each value of its breakdown, by the filter narrowed to that value, and then says how it
 * divides. Marks its sessions only: what is deleted stays as it was found. `walk` says meanwhile which value is walked. Of a value that
 * Learnosity refuses nothing is known; the others go on in the same turn.
 */
export async function breakDown(options: Options, places: SessionPlaces): Promise<Division | Unrecorded | undefined> {
  const { keys, walk, retentionMs, stay } = options;
  const { breakdown, part: first } = walk;
  if (breakdown === undefined) return undefined;
  if (first === undefined && !(await beginPart(keys, walk, 0, 2 * retentionMs))) return 'lost';
  const { by, values } = breakdown;
  for (let part = first ?? 0; part < values.length; part += 1) {
    if (part !== first) walk.from = undefined;
    walk.part = part;
    const filter = narrowedFilter(walk.filter, by, values[part] ?? '');
    const end = filter && (await walkOrFail(options, places, { part, filter }));
    if (typeof end === 'string') return end;
    if (!(await beginPart(keys, walk, part + 1, 2 * retentionMs, end))) return 'lost';
    walk.failures = 0;
  }
  return await divisionOf(keys, walk.id, breakdown, stay);
}

/** Answers why the walk of a value has failed for good; throws what may pass. */
async function walkOrFail(...walked: Parameters<typeof walkValue>): Promise<Unrecorded | Failure | undefined> {
  const [{ walk, log }] = walked;
  try {
    return await walkValue(...walked);
  } catch (error) {
    if (!(error instanceof LearnosityError && isHopeless(error, walk))) throw error;
    const { decision, code, message } = error;
    log.warn({ decision, code, reason: message }, 'a value of a breakdown could not be walked; the others go on');
    return { code: String(code), message };
  }
}

async function walkValue(
  { keys, walk, retentionMs, fetchPage }: Options,
  places: SessionPlaces,
  { part, filter }: { part: number; filter: Walk['filter'] },
): Promise<Unrecorded | undefined> {
  const outside = new KnownItems('deletion');
  const { from } = walk;
  for await (const { sessions, position } of walkSessions(filter, fetchPage, from && { from })) {
    const shown = { places: [] as number[], outside: 0 };
    for (const { sessionId } of sessions) {
      const place = places.of(sessionId);
      if (place !== undefined) shown.places.push(place);
      else if (outside.add(sessionId)) shown.outside += 1;
    }
    const recorded = await recordPart(keys, walk, part, position, shown, 2 * retentionMs);
    if (recorded !== 'recorded') return recorded;
    walk.failures = 0;
  }
  return undefined;
}
