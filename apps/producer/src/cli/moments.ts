import { durationSchema, momentBefore } from '@session-queue/core';
import { InvalidArgumentError } from 'commander';

const unitMs = { s: 1_000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const relative = /^(\d{1,6}) ?(s|min|m|h|d|w)$/;
const rule = 'Give a time such as 2027-01-31, 2027-01-31T08:00:00Z, or a span such as 30min, 12h, 2d, 3w';

/** A moment that has been: ISO 8601, or how long ago; by the calendar where it is given as rules have it (`P3Y`). */
export function pastMoment(text: string): string {
  return momentOf(text, -1);
}

/** The same in whole seconds: a span back is cut to them, and a time stays what it is. */
export function pastSecond(text: string): string {
  return momentOf(text, -1, 1_000);
}

/** A moment to come: ISO 8601, or how long from now. */
export function comingMoment(text: string): string {
  return momentOf(text, 1);
}

function momentOf(text: string, direction: 1 | -1, stepMs = 1): string {
  const [, count, unit] = relative.exec(text) ?? [];
  if (count !== undefined && isUnit(unit)) {
    const ms = Date.now() + direction * Number(count) * unitMs[unit];
    return new Date(ms - (ms % stepMs)).toISOString();
  }
  if (direction === -1 && durationSchema.safeParse(text).success)
    return new Date(momentBefore(Date.now(), text)).toISOString();
  // A time of day without its offset would mean another moment on every machine.
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text))
    throw new InvalidArgumentError(ruleFor(direction));
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) throw new InvalidArgumentError(ruleFor(direction));
  return moment.toISOString();
}

function ruleFor(direction: 1 | -1): string {
  return `${rule}${direction === -1 ? ', P18M, P3Y' : ''}.`;
}

function isUnit(text: string | undefined): text is keyof typeof unitMs {
  return text !== undefined && text in unitMs;
}
