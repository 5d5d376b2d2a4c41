import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DeletionGuards } from '../lanes/guards.ts';
import { readBaseUrl } from '../learnosity/base-url.ts';
import type { Account } from '../learnosity/call.ts';
import type { Endpoint } from '../learnosity/decision.ts';
import type { VerificationSettings } from '../verification/settings.ts';

/** How many calls an endpoint takes in any window of this length. */
export interface Quota {
  calls: number;
  windowMs: number;
}

/** A named set of Learnosity credentials with its quotas. It holds a secret: only workers have it. */
export interface Consumer extends Account {
  name: string;
  quotas: Readonly<Record<Endpoint, Quota>>;
  /**
   * Nobody else makes jobs of failed submissions that this key can see in `get /jobs`, of whatever key: then the job of a resubmission
   * whose answer was lost is looked for there. False when absent.
   */
  exclusiveKey?: boolean;
  /** What its deletions must pass before they are started; nothing when absent. */
  guards?: DeletionGuards;
  /** How its deletions are verified; as usual when absent. */
  verification?: VerificationSettings;
}

/** Learnosity's published quotas, per consumer key and endpoint (its rate limit page). */
export const defaultQuotas: Readonly<Record<Endpoint, Quota>> = {
  deletion: { calls: 5, windowMs: 5_000 },
  resubmission: { calls: 50, windowMs: 5_000 },
  jobs: { calls: 1_000, windowMs: 5_000 },
  metadata: { calls: 1_000, windowMs: 5_000 },
};

export const defaultBaseUrl = 'https://data.learnosity.com';
export const defaultLtsVersion = 'v2026.2.LTS';

const printable = /^[\x21-\x7e]+$/;
const required = 'is missing';
const credential = z
  .string(required)
  .max(255, 'must be at most 255 characters')
  .regex(printable, 'must be printable ASCII without spaces');

/** The fields of a consumer, as its file and its variables give them. Messages complete 'key ...' and hold no value. */
export const accountFields = {
  key: credential,
  secret: credential,
  domain: credential,
  baseUrl: z
    .string('must be a URL')
    .default(defaultBaseUrl)
    .transform((text, context) => {
      const base = readBaseUrl(text);
      if ('url' in base) return base.url;
      context.addIssue({ code: 'custom', message: base.fault });
      return z.NEVER;
    }),
  // It becomes a part of the path, so nothing that could change the path.
  ltsVersion: z
    .string('must be text')
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must look like v2026.2.LTS')
    .default(defaultLtsVersion),
};

export const exclusiveKeySchema = z.boolean('must be true or false').default(false);

function wholeNumber(max: number) {
  const fault = `must be a whole number from 1 to ${max}`;
  return z.number(fault).int(fault).min(1, fault).max(max, fault);
}

const quotaSchema = z.strictObject(
  { calls: wholeNumber(100_000), windowMs: wholeNumber(3_600_000) },
  { error: ({ code }) => (code === 'invalid_type' ? 'must be {calls, windowMs}' : undefined) },
);

export const quotasSchema = z
  .strictObject({
    deletion: quotaSchema.default(defaultQuotas.deletion),
    resubmission: quotaSchema.default(defaultQuotas.resubmission),
    jobs: quotaSchema.default(defaultQuotas.jobs),
    metadata: quotaSchema.default(defaultQuotas.metadata),
  })
  .default(defaultQuotas);

/** What a stopped lane is tied to: it changes with anything of a consumer that can mend a refusal. Gives no secret away. */
export function fingerprint({ key, secret, domain, baseUrl, ltsVersion }: Account): string {
  return digest([key, secret, domain, baseUrl, ltsVersion]);
}

/** Whose quota calls count against: two names with one identity would each spend all of it. */
export function identity({ key, baseUrl }: Pick<Account, 'key' | 'baseUrl'>): string {
  return digest([key, baseUrl]);
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
