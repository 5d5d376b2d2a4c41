import type { RequestView } from '@session-queue/core';
import { clockTime, count, counted, duration, rate, utc } from '../pages/wording.ts';
import { itemsInFlight, type KindState, type Lane, type Overview, remainingItems } from './overview.ts';
import { timeLeftOf } from './time-left.ts';

/** The first line of the page: a word that seldom changes, which is read out, and the numbers behind it. */
export interface Verdict {
  tone: 'good' | 'calm' | 'warn' | 'bad';
  word: string;
  rest: string;
}

/** Is it working, how far is it, and if not, why. */
export function verdictOn(overview: Overview): Verdict {
  const open = overview.lanes.filter((lane) => remainingItems(lane) > 0);
  const items = sum(open, remainingItems);
  if (overview.redis.problems.some(({ code }) => code === 'not_writable')) {
    return { tone: 'bad', word: 'Stopped', rest: `Redis takes no writes; ${toGo(items)}` };
  }
  if (!overview.workers.some(({ isAlive }) => isAlive)) {
    return { tone: 'bad', word: 'No worker is alive', rest: `nothing is sent; ${toGo(items)}` };
  }
  if (open.length === 0) return nothingOpen(overview.lanes);
  const standing = open.filter((lane) => standsStill(lane, overview.kinds) !== undefined);
  const moving = open.filter((lane) => !standing.includes(lane));
  if (moving.length === 0) {
    const reasons = new Set(standing.map((lane) => standsStill(lane, overview.kinds)));
    const goesOnAlone = standing.every((lane) => lane.stop?.until !== undefined && !isKindStill(lane, overview.kinds));
    const rest = `${[...reasons].slice(0, 3).join('; ')}; ${toGo(items)}`;
    return goesOnAlone ? { tone: 'warn', word: 'Waiting', rest } : { tone: 'bad', word: 'Stopped', rest };
  }
  return movingVerdict(overview, moving, standing.length);
}

/** A person has stopped or paused all of this lane's kind. */
function isKindStill({ kind }: Lane, kinds: readonly KindState[]): boolean {
  return kinds.some((of) => of.kind === kind && (of.stop !== undefined || of.isSendingPaused));
}

/** Why nothing of a lane is sent, whatever it has to do. */
export function standsStill(lane: Lane, kinds: readonly KindState[]): string | undefined {
  const kind = kinds.find((of) => of.kind === lane.kind);
  if (kind?.stop !== undefined) return `every ${lane.kind} is stopped`;
  if (kind?.isSendingPaused) return `sending of ${lane.kind}s is paused`;
  if (lane.stop !== undefined) {
    const { message, until } = lane.stop;
    const how = until === undefined ? 'is stopped' : `waits until ${utc(until)}`;
    return `the lane of ${lane.kind}s of ${lane.consumer} ${how} (${message})`;
  }
  return lane.isKnown ? undefined : 'no worker that is alive knows the consumer';
}

function movingVerdict({ readAt, requests }: Overview, moving: readonly Lane[], standing: number): Verdict {
  const items = sum(moving, remainingItems);
  const others = standing === 0 ? '' : `; ${counted(standing, 'lane')} ${standing === 1 ? 'stands' : 'stand'} still`;
  const rates = moving.map((lane) => lane.rate?.callsPerMinute).filter((calls) => calls !== undefined);
  const calls = sum(rates, (perMinute) => perMinute);
  const tone = standing === 0 ? 'good' : 'warn';
  if (calls > 0) {
    const speed = `${rate(calls)} ${rate(calls) === '1' ? 'call' : 'calls'} a minute`;
    return { tone, word: 'Working', rest: `${speed}, ${toGo(items)}, ${end(moving, readAt)}${others}` };
  }
  const isKeptBack = moving.every(isAllKeptBack);
  if (!isKeptBack && (rates.length < moving.length || moving.some((lane) => itemsInFlight(lane) > 0))) {
    return { tone, word: 'Working', rest: `${toGo(items)}; how long that takes is not known yet${others}` };
  }
  const none = isKeptBack ? 'none is sent' : 'none was sent lately';
  const rest = `${toGo(items)}, and ${none}: ${whyNoneOf(moving, requests, readAt)}${others}`;
  return { tone: 'warn', word: 'Waiting', rest };
}

/** All that a lane has to send waits for approval, or for the end of a hold window. */
export function isAllKeptBack(lane: Lane): boolean {
  const keptBack = lane.unapproved + lane.inWindow;
  return keptBack > 0 && keptBack === lane.openRequests && itemsInFlight(lane) === 0;
}

/** What these lanes wait for, as far as that is why nothing is sent; of what is held or put off the latest requests tell. */
function whyNoneOf(lanes: readonly Lane[], requests: readonly RequestView[], now: number): string {
  const approval = sum(lanes, ({ unapproved }) => unapproved);
  const windows = sum(lanes, ({ inWindow }) => inWindow);
  const held = requests.filter(({ state }) => state === 'held').length;
  const putOff = requests.filter(
    ({ state, startsAt, notBefore = '' }) =>
      state === 'accepted' && startsAt === undefined && Date.parse(notBefore) > now,
  ).length;
  const ofTheLatest = [
    ...(putOff === 0 ? [] : [`${waits(putOff)} for the time it may begin`]),
    ...(held === 0 ? [] : [`${counted(held, 'request')} ${held === 1 ? 'is' : 'are'} held`]),
  ];
  const found = [
    ...(approval === 0 ? [] : [`${waits(approval)} for approval`]),
    ...(windows === 0 ? [] : [`${waits(windows)} for the end of ${windows === 1 ? 'its' : 'their'} hold window`]),
    ...(ofTheLatest.length === 0 ? [] : [`of the latest, ${ofTheLatest.join(' and ')}`]),
  ];
  return found.length > 0 ? found.join(', ') : 'held, put off, or tried again later after a fault';
}

function waits(requests: number): string {
  return `${counted(requests, 'request')} ${requests === 1 ? 'waits' : 'wait'}`;
}

function nothingOpen(lanes: readonly Lane[]): Verdict {
  const parked = sum(lanes, ({ items }) => items.parked);
  const failed = sum(lanes, ({ today }) => today.failed);
  if (parked === 0) {
    const rest =
      failed === 0 ? 'all that was asked for is done' : `all has ended; ${counted(failed, 'item')} failed today`;
    return { tone: 'calm', word: 'Nothing to do', rest };
  }
  return {
    tone: 'warn',
    word: 'Waiting',
    rest: `${counted(parked, 'parked item')} ${parked === 1 ? 'waits' : 'wait'} for a person`,
  };
}

/** When the last of these lanes will be done, as far as that can be told. */
function end(lanes: readonly Lane[], now: number): string {
  const known = lanes.map(timeLeftOf).filter((ms) => ms !== undefined);
  const last = Math.max(...known);
  if (known.length === 0) return 'time left unknown';
  const done = `done by ${clockTime(now + last, now)} (in ${duration(last)})`;
  return known.length === lanes.length ? done : `most of it ${done}`;
}

function toGo(items: number): string {
  return items === 0 ? 'nothing waits' : `${count(items)} ${items === 1 ? 'item' : 'items'} to go`;
}

function sum<T>(all: readonly T[], amount: (one: T) => number): number {
  return all.reduce((total, one) => total + amount(one), 0);
}
