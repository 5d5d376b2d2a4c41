import {
  commonSettings,
  connectRedis,
  createLogger,
  onOff,
  readSettings,
  redisSettings,
  SessionQueueClient,
  SettingsError,
  untilRedisReady,
} from '@session-queue/core';
import { z } from 'zod';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { CliEnvironment } from './environment.ts';
import type { Connection, GivenSettings } from './session.ts';

const connectWithinMs = 5_000;

/** What is not given is as the workers have it. */
const settingsSchema = z.object({
  ...commonSettings,
  RETENTION_DAYS: commonSettings.RETENTION_DAYS.unwrap().optional(),
  SESSION_INDEX: onOff().optional(),
});

/** Straight to the Redis that the workers use; it is connected to in the background. */
export function openRedis(url: string, prefix: string | undefined, environment: CliEnvironment): Connection {
  const settings = readRedisSettings({
    REDIS_URL: url,
    REDIS_PREFIX: prefix ?? environment.REDIS_PREFIX,
    REDIS_PASSWORD: environment.REDIS_PASSWORD,
    REDIS_PASSWORD_FILE: environment.REDIS_PASSWORD_FILE,
    REDIS_CA_FILE: environment.REDIS_CA_FILE,
    RETENTION_DAYS: environment.RETENTION_DAYS,
    SESSION_INDEX: environment.SESSION_INDEX,
  });
  // What goes wrong with the connection is told by whatever needs it.
  const redis = connectRedis(
    redisSettings(settings),
    'producer',
    createLogger({ level: 'silent', name: 'command line' }),
  );
  let lastError = '';
  redis.on('error', (error) => {
    lastError = wordOf(error);
  });
  const given = givenSettings(settings);
  const queue = new SessionQueueClient({ redis, prefix: settings.REDIS_PREFIX, ...given });
  return {
    queue,
    // What is still received was cut off, and is begun anew.
    standing: async (key) => ((await queue.getRequest(key))?.state ?? 'receiving') !== 'receiving',
    wasReplayed: () => false,
    ready: async () => {
      await untilRedisReady(redis, connectWithinMs).catch((cause: unknown) => {
        const why = lastError === '' ? '' : ` (${lastError})`;
        const message = `Redis does not answer${why}: check that it runs, and --redis.`;
        throw new CommandFailure(exitCodes.unavailable, message, { cause });
      });
    },
    way: { is: 'redis', redis, prefix: settings.REDIS_PREFIX, given },
    close: async () => {
      // A connection that was never made has nothing to close, and would be waited for.
      if (redis.status === 'ready') await queue.close();
      // One that is ended while it is still being made complains of that.
      redis.removeAllListeners('error').on('error', () => undefined);
      redis.disconnect();
    },
  };
}

function givenSettings({ RETENTION_DAYS, SESSION_INDEX }: z.infer<typeof settingsSchema>): GivenSettings {
  return {
    ...(RETENTION_DAYS !== undefined && { retentionDays: RETENTION_DAYS }),
    ...(SESSION_INDEX !== undefined && { sessionIndex: SESSION_INDEX }),
  };
}

function readRedisSettings(given: Record<string, string | undefined>): z.infer<typeof settingsSchema> {
  try {
    return readSettings(settingsSchema, given);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const lines = error.problems.map(({ name, reason }) => `${named[name] ?? name} ${reason}.`);
    throw new CommandFailure(exitCodes.usage, lines.join('\n'), { cause: error });
  }
}

/** The word by which Redis or the system says what is wrong; the rest may hold an address or a name. */
function wordOf(error: Error): string {
  return 'code' in error ? String(error.code) : (/^[A-Z]{2,}/.exec(error.message)?.[0] ?? error.name);
}

const named: Readonly<Record<string, string>> = { REDIS_URL: '--redis', REDIS_PREFIX: '--prefix' };
