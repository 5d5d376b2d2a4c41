import type { RedisConnection, Rules, Selections, SessionQueue } from '@session-queue/core';
import { z } from 'zod';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import type { CliEnvironment } from './environment.ts';
import { openHttp } from './over-http.ts';
import { openRedis } from './over-redis.ts';
import { reachOf } from './reach.ts';

/** Which way commands go. */
export type Way =
  | { is: 'http'; url: URL; token: string | undefined }
  | { is: 'redis'; redis: RedisConnection; prefix: string; given: GivenSettings };

/** What the environment says of the workers' settings; what it does not say is as the workers have it. */
export interface GivenSettings {
  retentionDays?: number;
  sessionIndex?: boolean;
}

export interface Connection {
  queue: SessionQueue & Selections & { rules: Rules };
  way: Way;
  /** Whether a request of this key stands already, where that can be asked for before it is sent. */
  standing: (key: string) => Promise<boolean>;
  /** Whether the last ask was answered with a request of before. */
  wasReplayed: () => boolean;
  /** Resolves once there is somebody to talk to; rejects with what to do. */
  ready: () => Promise<void>;
  close: () => Promise<void>;
}

/** A command to go on with, as it can be typed here: the words behind this program's name, and by which way it was called. */
export type Hint = (words: string) => string;

/** What a command works with. */
export interface Session extends Connection {
  terminal: Terminal;
  json: boolean;
  hint: Hint;
}

const optionsSchema = z.object({
  url: z.string().optional(),
  token: z.string().optional(),
  redis: z.string().optional(),
  prefix: z.string().optional(),
  json: z.boolean().optional(),
});
export type ConnectionOptions = z.infer<typeof optionsSchema>;

/** Opens the way that options or else the environment name, does the work, and closes it again. */
export async function withSession(
  given: unknown,
  environment: CliEnvironment,
  terminal: Terminal,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const options = optionsSchema.parse(given);
  const connection = open(options, environment);
  try {
    const reach = reachOf(options);
    const hint: Hint = (words) => `${terminal.command} ${words}${reach}`;
    await work({ ...connection, terminal, json: options.json === true, hint });
  } finally {
    await connection.close();
  }
}

function open(options: ConnectionOptions, environment: CliEnvironment): Connection {
  if (options.url !== undefined && options.redis !== undefined) {
    throw new CommandFailure(exitCodes.usage, 'Give either --url (the producer) or --redis, not both.');
  }
  if (options.redis !== undefined) return openRedis(options.redis, options.prefix, environment);
  const hasUrl = options.url !== undefined || Boolean(environment.SESSION_QUEUE_URL);
  if (!hasUrl && environment.SESSION_QUEUE_REDIS) {
    return openRedis(environment.SESSION_QUEUE_REDIS, options.prefix, environment);
  }
  return openHttp(options, environment);
}
