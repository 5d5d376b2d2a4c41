import { type Kind, kinds, type RedisConnection } from '@session-queue/core';
import { consumerKeys, type LaneFigures, type LaneSample, readLaneHistory } from '@session-queue/core/engine';
import { inChunks } from './in-chunks.ts';
import { callsAllowed } from './recent-rates.ts';

/** What all lanes of a kind did in one minute, and what was pending as it began. */
export interface KindMinute {
  done: number;
  calls: number;
  tooMany: number;
  /** Calls that the quotas of the lanes at work let through. */
  allowed: number;
  pending: number;
}

export interface MinuteTotals extends Record<Kind, KindMinute> {
  /** Ms of Redis's clock, a whole minute. */
  at: number;
}

const minuteMs = 60_000;
/** As far back as workers keep samples, in minutes. */
const keptMinutes = 360;
/** Samples are made once a minute: asked for more often there would be no news, in ms. */
const everyMs = 30_000;

/**
 * The last hours of all lanes together. Each lane's samples are read once, and then only those that came since; they are added up at once,
 * so that a thousand consumers take no more room than one.
 */
export class ChartHistory {
  readonly #redis: RedisConnection;
  readonly #prefix: string;
  readonly #last = new Map<string, LaneSample>();
  readonly #minutes = new Map<number, MinuteTotals>();
  #readAt = Number.NEGATIVE_INFINITY;
  #underWay: Promise<void> | undefined;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** Reads what is new in the lanes, unless that was done just now. Rejects when Redis does. */
  async refresh(lanes: readonly LaneFigures[], now: number): Promise<void> {
    if (now - this.#readAt < everyMs) return;
    this.#underWay ??= this.#read(lanes, now).finally(() => {
      this.#underWay = undefined;
    });
    await this.#underWay;
  }

  /** A minute in which nothing was open is all 0. Nothing when there was none at all. */
  minutes(now: number): MinuteTotals[] {
    const first = Math.min(...this.#minutes.keys());
    const until = Math.floor(now / minuteMs) * minuteMs;
    const from = Math.max(first, until - keptMinutes * minuteMs);
    const minutes: MinuteTotals[] = [];
    for (let at = from; at < until; at += minuteMs) minutes.push(this.#minutes.get(at) ?? emptyMinute(at));
    return minutes;
  }

  async #read(lanes: readonly LaneFigures[], now: number): Promise<void> {
    await inChunks(lanes, 50, async (lane) => await this.#readLane(lane, now));
    for (const at of this.#minutes.keys()) if (now - at > (keptMinutes + 1) * minuteMs) this.#minutes.delete(at);
    this.#readAt = now;
  }

  async #readLane(lane: LaneFigures, now: number): Promise<void> {
    const name = `${lane.kind} ${lane.consumer}`;
    const known = this.#last.get(name);
    const most = known === undefined ? keptMinutes : Math.ceil((now - known.at) / minuteMs) + 1;
    const keys = consumerKeys(this.#redis, this.#prefix, lane.consumer);
    const samples = await readLaneHistory(keys, lane.kind, Math.min(most, keptMinutes));
    let before = known;
    for (const sample of samples) {
      if (before !== undefined && sample.at <= before.at) continue;
      this.#add(lane, before, sample);
      before = sample;
    }
    // What a lane did before it fell silent shows in its figures alone.
    if (before !== undefined && now - before.at > 2 * minuteMs) before = this.#addRest(lane, before);
    if (before !== undefined) this.#last.set(name, before);
  }

  /** What was done since the sample before belongs to the minute that followed it: a lane without samples in between had nothing open. */
  #add(lane: LaneFigures, before: LaneSample | undefined, sample: LaneSample): void {
    this.#minute(sample.at)[lane.kind].pending += sample.pending;
    if (before === undefined) return;
    const minute = this.#minute(before.at)[lane.kind];
    minute.done += grown(before.succeeded + before.failed, sample.succeeded + sample.failed);
    minute.calls += grown(before.calls, sample.calls);
    minute.tooMany += grown(before.tooMany, sample.tooMany);
    if (lane.quota !== undefined) minute.allowed += callsAllowed(lane.quota);
  }

  #addRest({ kind, ended, calls, tooMany }: LaneFigures, before: LaneSample): LaneSample {
    const minute = this.#minute(before.at)[kind];
    const { succeeded, failed } = ended;
    minute.done += grown(before.succeeded + before.failed, succeeded + failed);
    minute.calls += grown(before.calls, calls);
    minute.tooMany += grown(before.tooMany, tooMany);
    return { ...before, succeeded, failed, calls, tooMany };
  }

  #minute(at: number): MinuteTotals {
    const found = this.#minutes.get(at) ?? emptyMinute(at);
    this.#minutes.set(at, found);
    return found;
  }
}

/** Numbers that became smaller are those of another Redis. */
function grown(before: number, after: number): number {
  return Math.max(0, after - before);
}

function emptyMinute(at: number): MinuteTotals {
  const [deletion, resubmission] = kinds.map(() => ({ done: 0, calls: 0, tooMany: 0, allowed: 0, pending: 0 }));
  if (deletion === undefined || resubmission === undefined) throw new Error('there are two kinds');
  return { at, deletion, resubmission };
}
