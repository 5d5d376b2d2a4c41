import { z } from 'zod';
import { defaultVerification, type VerificationSettings, verifyModes } from '../verification/settings.ts';
import type { Environment } from './read-settings.ts';
import { SettingsError } from './settings-error.ts';

const secondMs = 1_000;
const dayMs = 24 * 3_600 * secondMs;

const modeSchema = z
  .enum(verifyModes, `must be one of ${verifyModes.join(', ')}`)
  .default(defaultVerification.deletions);

function wholeNumber(max: number) {
  const fault = `must be a whole number from 1 to ${max}`;
  return z.number(fault).int(fault).min(1, fault).max(max, fault);
}

const daysSchema = z
  .array(wholeNumber(3_650), 'must be a list of days')
  .max(10, 'must name at most 10 days')
  .refine((days) => days.every((day, i) => i === 0 || day > (days[i - 1] ?? day)), 'must be in order, each once')
  .default(defaultVerification.sampleAfterMs.map((ms) => ms / dayMs));

/** How a consumer's deletions are verified, as its entry in the consumers' file says it. */
export const verificationSchema = z
  .strictObject(
    {
      deletions: modeSchema,
      afterSeconds: wholeNumber(86_400).default(defaultVerification.afterMs / secondMs),
      forSeconds: wholeNumber(2_592_000).default(defaultVerification.forMs / secondMs),
      sampleAfterDays: daysSchema,
    },
    { error: ({ code }) => (code === 'invalid_type' ? 'must be {deletions, afterSeconds, ...}' : undefined) },
  )
  .prefault({})
  .refine(({ afterSeconds, forSeconds }) => forSeconds >= 2 * afterSeconds, {
    path: ['forSeconds'],
    error: 'must be at least twice afterSeconds: after half of it a session that is still there is deleted again',
  })
  .transform(
    ({ deletions, afterSeconds, forSeconds, sampleAfterDays }): VerificationSettings => ({
      deletions,
      afterMs: afterSeconds * secondMs,
      forMs: forSeconds * secondMs,
      sampleAfterMs: sampleAfterDays.map((days) => days * dayMs),
    }),
  );

/** The variables of a single consumer, by the field they stand for. */
const variables = {
  deletions: 'LEARNOSITY_VERIFY_DELETIONS',
  afterSeconds: 'LEARNOSITY_VERIFY_AFTER_SECONDS',
  forSeconds: 'LEARNOSITY_VERIFY_FOR_SECONDS',
  sampleAfterDays: 'LEARNOSITY_VERIFY_SAMPLE_DAYS',
} as const;

/** Taken as they are here; `readVerification` reads them. */
export const verificationVariables = {
  LEARNOSITY_VERIFY_DELETIONS: z.string().optional(),
  LEARNOSITY_VERIFY_AFTER_SECONDS: z.string().optional(),
  LEARNOSITY_VERIFY_FOR_SECONDS: z.string().optional(),
  LEARNOSITY_VERIFY_SAMPLE_DAYS: z.string().optional(),
} as const satisfies Record<(typeof variables)[keyof typeof variables], z.ZodType>;

const digits = /^\d{1,9}$/;
const numberIn = (text: string) => (digits.test(text.trim()) ? Number(text) : text);

/** The same out of `LEARNOSITY_VERIFY_*`; the days with commas between. Throws `SettingsError`. */
export function readVerification(environment: Environment): VerificationSettings {
  const given = (name: string) => environment[name] || undefined;
  const { success, data, error } = verificationSchema.safeParse({
    deletions: given(variables.deletions),
    afterSeconds: numberOr(given(variables.afterSeconds)),
    forSeconds: numberOr(given(variables.forSeconds)),
    sampleAfterDays: given(variables.sampleAfterDays)?.split(',').map(numberIn),
  });
  if (success) return data;
  throw new SettingsError(error.issues.map(({ path, message }) => ({ name: nameOf(path[0]), reason: message })));
}

function numberOr(text: string | undefined): number | string | undefined {
  return text === undefined ? undefined : numberIn(text);
}

function nameOf(field: PropertyKey | undefined): string {
  return Object.entries(variables).find(([name]) => name === field)?.[1] ?? variables.deletions;
}
