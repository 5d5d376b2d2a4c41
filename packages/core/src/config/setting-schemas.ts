import { z } from 'zod';

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number) {
  const fault = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, fault)
    .transform(Number)
    .refine((value) => value >= min && value <= max, fault);
}

/** A switch. */
export function onOff() {
  return z.enum(['true', 'false'], 'must be true or false').transform((word) => word === 'true');
}

/** A switch; off when absent. */
export function flag() {
  return onOff().default(false);
}

/** A TCP port; 0 takes a free one. */
export function port() {
  return wholeNumber(0, 65_535);
}

/** A whole number of days within bounds, both included, or 'none'. */
export function daysOrNone(min: number, max: number) {
  const fault = `must be a whole number of days from ${min} to ${max}, or none`;
  return z
    .string()
    .regex(/^(none|\d{1,9})$/, fault)
    .transform((text) => (text === 'none' ? text : Number(text)))
    .refine((days) => days === 'none' || (days >= min && days <= max), fault);
}
