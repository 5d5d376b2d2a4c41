import {
  type Consumer,
  commonSettings,
  daysOrNone,
  type Environment,
  flag,
  port,
  readAllSettings,
  readConsumers,
  readSettings,
  wholeNumber,
} from '@session-queue/core';
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
  DRAIN_GRACE_MS: wholeNumber(0, 600_000).default(20_000),
});

export type WorkerSettings = z.infer<typeof workerSettings> & { consumers: Consumer[] };

/** Throws `SettingsError` with everything that is wrong or missing, by name. */
export function readWorkerSettings(environment: Environment): WorkerSettings {
  const { settings, consumers } = readAllSettings({
    settings: () => readSettings(workerSettings, environment),
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
