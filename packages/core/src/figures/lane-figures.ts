import { z } from 'zod';
import { type ConsumerKeys, consumerKeys } from '../lanes/keys.ts';
import type { QuotaLimits } from '../lanes/lane.ts';
import { consumerScript } from '../lanes/script-files.ts';
import type { RedisConnection } from '../redis/script.ts';
import { type Kind, kinds, type LaneStop } from '../requests/request.ts';
import { readLaneStop } from '../requests/view.ts';

/** How one lane stands at a moment. Items and calls are numbers; times are milliseconds of Redis's clock. */
export interface LaneFigures {
  consumer: string;
  kind: Kind;
  /** Items of open requests, by where they are now. */
  items: Record<'pending' | 'claimed' | 'submitted' | 'parked', number>;
  /** Items that came to an end, ever: these only grow, whatever is retried. */
  ended: Record<EndedState, number>;
  /** The same since 00:00 UTC. */
  today: Record<EndedState, number>;
  /** Items that went out again after an unknown outcome, ever. */
  resent: number;
  /** Calls begun, and those answered with a 429, ever. */
  calls: number;
  tooMany: number;
  /** What the worker that looked last may call; absent before any did. */
  quota: QuotaLimits | undefined;
  /** Slots that are taken right now. */
  slotsTaken: number;
  openRequests: number;
  /** Those of them that have something to send and whose turn may come: neither held nor put off. */
  inRotation: number;
  /** Open requests that are at risk of missing their deadline, and those that have missed it. */
  atRisk: number;
  missed: number;
  /** The earliest deadline of an open request, which may be over. */
  nextDeadline: number | undefined;
  /** Of deletions: requests that wait for a second person's approval, and when the first of them was asked for. */
  unapproved: number;
  unapprovedSince: number | undefined;
  /** Of deletions: requests in their hold window, in which they can be revoked. */
  inWindow: number;
  /** The open request that has waited longest, since it was accepted or put back in line. */
  oldest: { request: string; since: number } | undefined;
  stop: LaneStop | undefined;
}

type EndedState = 'succeeded' | 'failed' | 'cancelled';

/** How a lane stood at the end of a minute; what ended and was called are counts ever. */
export interface LaneSample {
  /** Ms of Redis's clock, a whole minute: the one in which it was made, and when exactly. */
  at: number;
  madeAt: number;
  pending: number;
  claimed: number;
  submitted: number;
  succeeded: number;
  failed: number;
  calls: number;
  tooMany: number;
}

const readScript = consumerScript(new URL('./read-figures.lua', import.meta.url));

const number = z.coerce.number();
const fields = z.array(z.string());
const laneSchema = z.tuple([number, z.string(), number, number, number, number, number, number], number);
const noLane: z.infer<typeof laneSchema> = [0, '', 0, 0, 0, 0, 0, 0];
const replySchema = z.tuple([number, fields, fields, laneSchema, laneSchema]);

/** How both lanes of a consumer stand, one step of Redis. */
export async function readLaneFigures(
  redis: RedisConnection,
  prefix: string,
  consumer: string,
): Promise<Record<Kind, LaneFigures>> {
  const keys = consumerKeys(redis, prefix, consumer);
  const [reply, ...stops] = await Promise.all([
    readScript.run(redis, [keys.base]),
    ...kinds.map((kind) => readLaneStop(keys, kind)),
  ]);
  const [, ever, today, ...lanes] = replySchema.parse(reply);
  const [deletion, resubmission] = kinds.map((kind, index) => {
    const [openRequests, oldest, since, slotsTaken, inRotation, atRisk, missed, nextDeadline, ...kept] =
      lanes[index] ?? noLane;
    const [unapproved = 0, unapprovedSince = 0, inWindow = 0] = kept;
    const of = figuresOf(ever, kind);
    const ofToday = figuresOf(today, kind);
    const ended = (counted: (figure: string) => number) => ({
      succeeded: counted('succeeded'),
      failed: counted('failed'),
      cancelled: counted('cancelled'),
    });
    return {
      consumer,
      kind,
      items: { pending: of('pending'), claimed: of('claimed'), submitted: of('submitted'), parked: of('parked') },
      ended: ended(of),
      today: ended(ofToday),
      resent: of('resent'),
      calls: of('calls'),
      tooMany: of('tooMany'),
      quota: quotaOf(ever, kind),
      slotsTaken,
      openRequests,
      inRotation,
      atRisk,
      missed,
      nextDeadline: nextDeadline === 0 ? undefined : nextDeadline,
      unapproved,
      unapprovedSince: unapprovedSince === 0 ? undefined : unapprovedSince,
      inWindow,
      oldest: oldest === '' ? undefined : { request: oldest, since },
      stop: stops[index],
    } satisfies LaneFigures;
  });
  if (deletion === undefined || resubmission === undefined) throw new Error('a consumer has two lanes');
  return { deletion, resubmission };
}

/** The last hours of a lane, a sample a minute while it had anything open, the oldest first; the latest `most`, at most 360. */
export async function readLaneHistory({ redis, base }: ConsumerKeys, kind: Kind, most = 360): Promise<LaneSample[]> {
  const entries = await redis.lrange(`${base}${kind}:history`, -most, -1);
  return entries.map((entry) => {
    const [
      minute = 0,
      pending = 0,
      claimed = 0,
      submitted = 0,
      succeeded = 0,
      failed = 0,
      calls = 0,
      tooMany = 0,
      exact,
    ] = entry.split(' ').map(Number);
    const at = minute * 60_000;
    return { at, madeAt: exact ?? at, pending, claimed, submitted, succeeded, failed, calls, tooMany };
  });
}

/** A figure that is not there is 0; one below it was left by replicas of a version that does not count. */
function figuresOf(listed: readonly string[], kind: Kind): (figure: string) => number {
  return (figure) => Math.max(0, Number(fieldOf(listed, `${kind}:${figure}`) ?? 0));
}

function quotaOf(listed: readonly string[], kind: Kind): QuotaLimits | undefined {
  const [calls, windowMs] = fieldOf(listed, `${kind}:quota`)?.split(' ').map(Number) ?? [];
  return calls === undefined || windowMs === undefined ? undefined : { calls, windowMs };
}

function fieldOf(listed: readonly string[], field: string): string | undefined {
  for (let i = 0; i < listed.length; i += 2) if (listed[i] === field) return listed[i + 1];
  return undefined;
}
