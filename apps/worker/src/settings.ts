import { readFileSync } from 'node:fs';
import {
  type Consumer,
  commonSettings,
  daysOrNone,
  type Environment,
  flag,
  onOff,
  port,
  readAllSettings,
  readConsumers,
  readSettings,
  SettingsError,
  wholeNumber,
} from '@session-queue/core';
import { EvidenceError, readSigningKey, type SigningKey } from '@session-queue/core/evidence';
import { s3Problems, s3Settings } from '@session-queue/s3-archive';
import { tracingSettings } from '@session-queue/tracing';
import { z } from 'zod';
import type { TombstoneSettings } from './station.ts';

const fewestKeyBytes = 32;

export const workerSettings = z.object({
  ...commonSettings,
  ...tracingSettings,
  WORKER_PORT: port().default(3020),
  SESSION_INDEX: flag(),
  DELETION_DEADLINE_DAYS: daysOrNone(1, 3_650).default(30),
  TOMBSTONE_KEY: z
    .string()
    .refine((key) => Buffer.byteLength(key) >= fewestKeyBytes, `must be at least ${fewestKeyBytes} bytes`)
    .optional(),
  TOMBSTONE_DAYS: wholeNumber(1, 36_500).optional(),
  /** Whether deletions are put under evidence; a worker that does not say leaves it as it stands. */
  EVIDENCE: onOff().optional(),
  /** The key in the file, once read. */
  EVIDENCE_KEY_FILE: z.string().transform(readKey).optional(),
  EVIDENCE_DIR: z.string().optional(),
  ...s3Settings,
  DRAIN_GRACE_MS: wholeNumber(0, 600_000).default(20_000),
});

export type WorkerSettings = z.infer<typeof workerSettings> & { consumers: Consumer[] };

/** Throws `SettingsError` with everything that is wrong or missing, by name. */
export function readWorkerSettings(environment: Environment): WorkerSettings {
  const { settings, consumers } = readAllSettings({
    settings: () => checkEvidence(readSettings(workerSettings, environment)),
    consumers: () => readConsumers(environment),
  });
  return { ...settings, consumers };
}

/** How deleted sessions are remembered; `undefined` where they are not. */
export function tombstonesOf({
  TOMBSTONE_KEY: key,
  TOMBSTONE_DAYS: days,
}: Pick<WorkerSettings, 'TOMBSTONE_KEY' | 'TOMBSTONE_DAYS'>): TombstoneSettings | undefined {
  return key === undefined ? undefined : { key, days };
}

function checkEvidence(settings: z.infer<typeof workerSettings>): z.infer<typeof workerSettings> {
  const { EVIDENCE: isOn, EVIDENCE_KEY_FILE: key, EVIDENCE_DIR: folder, EVIDENCE_S3_URL: place } = settings;
  const problems = s3Problems(settings);
  const isKeyless = key === undefined;
  const noKey = 'needs EVIDENCE_KEY_FILE: only who signs the journal writes it out';
  if (isOn && isKeyless) {
    problems.push({ name: 'EVIDENCE_KEY_FILE', reason: 'is missing: session-queue evidence-key makes a key' });
  }
  if (folder !== undefined && isKeyless) problems.push({ name: 'EVIDENCE_DIR', reason: noKey });
  if (place !== undefined && isKeyless) problems.push({ name: 'EVIDENCE_S3_URL', reason: noKey });
  if (folder?.startsWith('s3:')) {
    problems.push({ name: 'EVIDENCE_DIR', reason: 'is a folder: name a store in EVIDENCE_S3_URL' });
  } else if (folder !== undefined && place !== undefined) {
    problems.push({
      name: 'EVIDENCE_S3_URL',
      reason: 'cannot be set together with EVIDENCE_DIR: there is one archive',
    });
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function readKey(path: string, context: z.RefinementCtx): SigningKey {
  try {
    return readSigningKey(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof EvidenceError ? error.message : 'names a file that cannot be read';
    context.addIssue({ code: 'custom', message: reason });
  }
  return z.NEVER;
}
