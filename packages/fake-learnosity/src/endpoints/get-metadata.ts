import type { OrderPlace } from '../items/session-order.ts';
import type { SessionFacts, SessionRecord } from '../items/session-record.ts';
import type { RecordWalk } from '../items/session-store.ts';
import { sessionStatuses } from '../settings/session-seed.ts';
import type { ReadCall, Visit } from './endpoint.ts';
import {
  allowOnly,
  isWithin,
  oneOf,
  type Parameters,
  pageSize,
  pageToken,
  someOf,
  stringList,
  time,
} from './parameters.ts';

const known = [
  'session_id',
  'user_id',
  'activity_id',
  'status',
  'sort',
  'limit',
  'next',
  'mintime',
  'maxtime',
  'mintime_started',
  'maxtime_started',
  'mintime_completed',
  'maxtime_completed',
];

const times = [
  { suffix: '', of: (record: SessionFacts) => record.updatedAt },
  { suffix: '_started', of: (record: SessionFacts) => record.startedAt },
  { suffix: '_completed', of: (record: SessionFacts) => record.completedAt },
];

/**
 * `get /sessions/metadata` ("Session metadata endpoint"): 50 a page, newest update first, and `next` whenever the page holds any
 * record, also on the last. Shows sessions whose metadata was set. Where every session exists, those that were not given
 * at the start show only when asked for by id.
 */
export function readMetadata(parameters: Parameters): ReadCall {
  allowOnly(parameters, known);
  const ids = stringList(parameters, 'session_id', 1000);
  const users = setOf(stringList(parameters, 'user_id', 1000));
  const activities = setOf(stringList(parameters, 'activity_id', 1000));
  const statuses = someOf(parameters, 'status', sessionStatuses);
  const spans = times.map(({ suffix, of }) => ({
    from: time(parameters, `mintime${suffix}`),
    to: time(parameters, `maxtime${suffix}`),
    of,
  }));
  const direction = oneOf(parameters, 'sort', ['asc', 'desc']) === 'asc' ? 1 : -1;
  const limit = pageSize(parameters);
  const token = pageToken(parameters, /^(\d{1,15})\.(\d{1,15})$/);
  const after =
    token === undefined ? undefined : { updatedAt: Number(token[1] ?? ''), ordinal: Number(token[2] ?? '') };

  const fits = (record: SessionFacts) =>
    record.metadata !== null &&
    (users === undefined || users.has(record.userId)) &&
    (activities === undefined || (record.activityId !== null && activities.has(record.activityId))) &&
    (statuses === undefined || statuses.includes(record.status)) &&
    spans.every(({ from, to, of }) => {
      const moment = of(record);
      return moment === null ? from === undefined && to === undefined : isWithin(moment, from, to);
    });

  return {
    items: ids ?? [],
    perform(visit) {
      const page: SessionRecord[] = [];
      for (const record of candidates(visit, ids, { direction, after, fits })) {
        page.push(record);
        if (page.length === limit) break;
      }
      const last = page.at(-1);
      const next = last === undefined ? undefined : nextOf(visit, last, direction, token?.[0]);
      return {
        meta: { records: page.length, ...(next === undefined ? {} : { next }) },
        data: page.map(({ userId, sessionId, metadata }) => ({ user_id: userId, session_id: sessionId, metadata })),
      };
    },
  };
}

/** What asks for the page behind `last`, or what a script says instead; `asked` is what this page was asked with. */
function nextOf(visit: Visit, last: OrderPlace, direction: 1 | -1, asked: string | undefined): string | undefined {
  const right = `${last.updatedAt}.${last.ordinal}`;
  const fault = visit.world.scripts.strike(['wrongNext'], visit);
  if (fault === undefined) return right;
  if (fault.next === 'none') return undefined;
  if (fault.next === 'same') return asked ?? right;
  return direction === 1 ? '0.0' : `${'9'.repeat(15)}.0`;
}

/** Sessions that fit, in order. Those asked for by id have their place in the list as ordinal. */
function candidates(visit: Visit, ids: readonly string[] | undefined, walk: RecordWalk): Iterable<SessionRecord> {
  const { world, now } = visit;
  if (ids === undefined) return world.sessions.records(walk, now);
  const { direction, after, fits } = walk;
  return [...new Set(ids)]
    .map((id, place) => world.sessions.record(id, place, now))
    .filter((record): record is SessionRecord => record !== undefined && fits(record))
    .filter((record) => after === undefined || direction * compare(record, after) > 0)
    .sort((a, b) => direction * compare(a, b));
}

/** By the time of the last update, then by the ordinal, so that no two are equal. */
function compare(a: OrderPlace, b: OrderPlace): number {
  return a.updatedAt - b.updatedAt || a.ordinal - b.ordinal;
}

function setOf(values: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return values === undefined ? undefined : new Set(values);
}
