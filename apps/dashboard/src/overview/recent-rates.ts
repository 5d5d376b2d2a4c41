import type { LaneFigures, LaneSample, QuotaLimits } from '@session-queue/core/engine';

/** How fast a lane goes, by its last minute or two. */
export interface Rate {
  /** Items that came to their end at Learnosity, in a minute. */
  itemsPerMinute: number;
  callsPerMinute: number;
  /** Answers with a 429 within `tooManyOverMs`, five minutes at most. */
  tooMany: number;
  tooManyOverMs: number;
}

/** The part of a rate that counts: numbers that only grow, at a moment. */
interface Point {
  at: number;
  items: number;
  calls: number;
  tooMany: number;
  /** Before it nothing was open: no speed is reckoned over that. */
  isBeginning?: boolean;
}

/** 'Recent' is at most this long ago, in ms. */
export const recentMs = 5 * 60_000;
/** A lane's speed is that of at least this long, in ms: what it did before may have been another request, or none. */
const speedMs = 60_000;
/** Over less than this a rate would be chance, in ms: a batch takes seconds to come back. */
const shortestMs = 20_000;
/** Of samples, in ms. */
const minuteMs = 60_000;
/** Points closer together than this tell nothing more, in ms. */
const pointEveryMs = 5_000;

/**
 * How fast lanes go, by what was read of them while somebody looked; before that has lasted long enough by the samples that workers
 * keep.
 */
export class RecentRates {
  readonly #points = new Map<string, Point[]>();

  /** Notes how a lane stands at this moment. */
  note(lane: LaneFigures, now: number): void {
    const name = nameOf(lane);
    const points = (this.#points.get(name) ?? []).filter(({ at }) => now - at <= recentMs);
    const last = points.at(-1);
    // Numbers that became smaller are those of another Redis.
    if (last !== undefined && lane.calls < last.calls) points.length = 0;
    if (last === undefined || now - last.at >= pointEveryMs) points.push(pointOf(lane, now));
    this.#points.set(name, points);
  }

  /** Whether what was noted does for a rate; else the lane's latest samples are needed. */
  suffices(lane: LaneFigures, now: number): boolean {
    const first = this.#points.get(nameOf(lane))?.[0];
    return first !== undefined && now - first.at >= shortestMs;
  }

  of(lane: LaneFigures, now: number, samples: readonly LaneSample[]): Rate | undefined {
    const noted = this.suffices(lane, now) ? this.#points.get(nameOf(lane)) : undefined;
    const points = (noted ?? pointsOf(samples)).filter(({ at }) => now - at <= recentMs);
    const [first] = points;
    const beginning = points.findLast(({ isBeginning }) => isBeginning) ?? first;
    if (first === undefined || beginning === undefined || now - beginning.at < shortestMs) return undefined;
    const from = points.findLast(({ at }) => now - at >= speedMs && at >= beginning.at) ?? beginning;
    const last = pointOf(lane, now);
    const perMinute = (count: (point: Point) => number) => (grown(from, last, count) * 60_000) / (now - from.at);
    return {
      itemsPerMinute: perMinute(({ items }) => items),
      callsPerMinute: perMinute(({ calls }) => calls),
      tooMany: grown(first, last, ({ tooMany }) => tooMany),
      tooManyOverMs: now - first.at,
    };
  }

  /** Lanes that are gone, or have nothing open, are forgotten: what they do next begins anew. */
  keepOnly(lanes: readonly LaneFigures[]): void {
    const names = new Set(lanes.map(nameOf));
    for (const name of this.#points.keys()) if (!names.has(name)) this.#points.delete(name);
  }
}

/** How much a lane may call in a minute. */
export function callsAllowed({ calls, windowMs }: QuotaLimits): number {
  return (calls * 60_000) / windowMs;
}

/** A sample that none of the minute before it precedes was the first after a time with nothing open. */
function pointsOf(samples: readonly LaneSample[]): Point[] {
  return samples.map(({ at, madeAt, succeeded, failed, calls, tooMany }, index) => {
    const before = samples[index - 1];
    const isBeginning = before === undefined || at - before.at > minuteMs;
    return { at: madeAt, items: succeeded + failed, calls, tooMany, isBeginning };
  });
}

function pointOf({ ended, calls, tooMany }: LaneFigures, at: number): Point {
  return { at, items: ended.succeeded + ended.failed, calls, tooMany };
}

function grown(from: Point, to: Point, count: (point: Point) => number): number {
  return Math.max(0, count(to) - count(from));
}

function nameOf({ kind, consumer }: Pick<LaneFigures, 'kind' | 'consumer'>): string {
  return `${kind} ${consumer}`;
}
