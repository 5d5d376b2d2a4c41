import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { logLevels } from '../logging/logger.ts';
import { parseRedisUrl } from '../redis/address.ts';
import type { RedisSettings } from '../redis/connect.ts';
import { wholeNumber } from './setting-schemas.ts';

/** What every app reads; spread it into an app's own schema. */
export const commonSettings = {
  REDIS_URL: z
    .string()
    .default('redis://127.0.0.1:6379')
    .superRefine((url, context) => {
      const parsed = parseRedisUrl(url);
      if ('fault' in parsed) context.addIssue({ code: 'custom', message: parsed.fault });
    }),
  /** In place of one in the URL. */
  REDIS_PASSWORD: z.string().optional(),
  /** The file's content, once read. */
  REDIS_CA_FILE: z.string().transform(readCertificates).optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, colons, dashes or underscores')
    .default('session-queue'),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  RETENTION_DAYS: wholeNumber(1, 3_650).default(30),
};

const commonSchema = z.object(commonSettings);
export type CommonSettings = z.infer<typeof commonSchema>;

/** What `connectRedis` takes, out of the common settings. */
export function redisSettings({
  REDIS_URL: url,
  REDIS_PASSWORD: password,
  REDIS_CA_FILE: ca,
}: Pick<CommonSettings, 'REDIS_URL' | 'REDIS_PASSWORD' | 'REDIS_CA_FILE'>): RedisSettings {
  return { url, ...(password !== undefined && { password }), ...(ca !== undefined && { ca }) };
}

function readCertificates(path: string, context: z.RefinementCtx): string {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
    context.addIssue({ code: 'custom', message: 'must be a file of PEM certificates' });
  } catch {
    context.addIssue({ code: 'custom', message: 'names a file that cannot be read' });
  }
  return z.NEVER;
}
