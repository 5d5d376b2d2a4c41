import { z } from 'zod';
import type { DeletionGuards } from '../lanes/guards.ts';
import { wholeNumber } from './setting-schemas.ts';

const mostItems = 1_000_000_000;
const minuteMs = 60_000;
const longestWindowMs = 30 * 24 * 60 * minuteMs;

function items(least: number) {
  const fault = `must be a whole number from ${least} to ${mostItems}`;
  return z.number(fault).int(fault).min(least, fault).max(mostItems, fault);
}

/** The guards of a consumer's deletions, as its file gives them. Messages complete 'approvalOver ...'. */
export const guardFields = {
  approvalOver: items(0).optional(),
  holdWindow: z
    .string('must be text such as 90m or 24h')
    .regex(/^\d{1,5}[mh]$/, 'must be minutes or hours, such as 90m or 24h')
    .transform(windowMs)
    .refine((ms) => ms <= longestWindowMs, 'must be at most 720h')
    .default(0),
  deletionsPerDay: items(1).optional(),
};

/** The same as variables give them. */
export const guardVariables = {
  LEARNOSITY_APPROVAL_OVER: wholeNumber(0, mostItems).optional(),
  LEARNOSITY_HOLD_WINDOW: guardFields.holdWindow,
  LEARNOSITY_DELETIONS_PER_DAY: wholeNumber(1, mostItems).optional(),
};

interface GuardFields {
  approvalOver?: number | undefined;
  holdWindow: number;
  deletionsPerDay?: number | undefined;
}

export function guardsOf({ approvalOver, holdWindow, deletionsPerDay }: GuardFields): DeletionGuards {
  return { approvalOver, holdWindowMs: holdWindow, deletionsPerDay };
}

function windowMs(text: string): number {
  return Number.parseInt(text, 10) * (text.endsWith('h') ? 60 : 1) * minuteMs;
}
