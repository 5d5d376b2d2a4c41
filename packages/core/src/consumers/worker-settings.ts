import { z } from 'zod';
import { redisNow } from '../redis/redis-now.ts';
import type { RedisConnection } from '../redis/script.ts';

/** What clients over Redis must do as the workers do. */
export interface WorkerSettings {
  /** SESSION_INDEX: whether sessions that are to be deleted go into the index. */
  sessionIndex: boolean;
  /** RETENTION_DAYS, in ms. */
  retentionMs: number;
  /** DELETION_DEADLINE_DAYS, in ms; `null` for none. A worker of an older version says nothing. */
  deletionTermMs?: number | null;
  /** TOMBSTONE_KEY: whether it remembers what was deleted. Workers of earlier versions do not, and do not say so. */
  tombstones?: boolean | undefined;
}

const settingsSchema = z.object({
  sessionIndex: z.boolean(),
  retentionMs: z.int().min(1),
  deletionTermMs: z.int().min(1).nullable().exactOptional(),
  tombstones: z.boolean().optional(),
});
const usedForMs = 5_000;
const defaultRetentionMs = 30 * 24 * 3600 * 1000;
/** How long a deletion may take that says nothing else. */
export const defaultDeletionTermMs = 30 * 24 * 3600 * 1000;

/** Hash: settings as JSON -> until when (ms of Redis's clock) a worker with these stands. There are never more of them than were ever set. */
export function workerSettingsKey(prefix: string): string {
  return `{${prefix}}:worker-settings`;
}

export function formatWorkerSettings({
  sessionIndex,
  retentionMs,
  deletionTermMs,
  tombstones,
}: WorkerSettings): string {
  return JSON.stringify({ sessionIndex, retentionMs, deletionTermMs, ...(tombstones === true && { tombstones }) });
}

/** What the living workers have, more than one where they differ; with none alive what the last one had. Empty where none ever said. */
export async function readWorkerSettings(redis: RedisConnection, prefix: string): Promise<WorkerSettings[]> {
  const [all, now] = await Promise.all([redis.hgetall(workerSettingsKey(prefix)), redisNow(redis)]);
  const said = Object.entries(all).sort(([, one], [, other]) => Number(other) - Number(one));
  const living = said.filter(([, until]) => Number(until) >= now);
  return (living.length > 0 ? living : said.slice(0, 1)).flatMap(([text]) => parsed(text));
}

/** What clients follow. */
type Followed = Required<Omit<WorkerSettings, 'tombstones'>>;
type Given = { [K in 'sessionIndex' | 'retentionMs']?: WorkerSettings[K] | undefined };

/** What a client does: as it was told, else as the workers say, read again every 5 s. Where these differ, what forgets least, and soonest. */
export class FollowedSettings {
  readonly #redis: RedisConnection;
  readonly #prefix: string;
  readonly #given: Given;
  #read: Followed | undefined;
  #until = 0;

  constructor(redis: RedisConnection, prefix: string, given: Given) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#given = given;
  }

  async read(): Promise<Followed> {
    const { sessionIndex, retentionMs } = this.#given;
    if (this.#read === undefined || performance.now() >= this.#until) {
      const said = mostKept(await readWorkerSettings(this.#redis, this.#prefix));
      this.#read = {
        ...said,
        sessionIndex: sessionIndex ?? said.sessionIndex,
        retentionMs: retentionMs ?? said.retentionMs,
      };
      this.#until = performance.now() + usedForMs;
    }
    return this.#read;
  }
}

/** Of none: as workers have it that were told nothing. */
function mostKept(all: readonly WorkerSettings[]): Followed {
  return {
    sessionIndex: all.some(({ sessionIndex }) => sessionIndex),
    retentionMs: all.length === 0 ? defaultRetentionMs : Math.max(...all.map(({ retentionMs }) => retentionMs)),
    deletionTermMs: shortestTerm(all),
  };
}

function shortestTerm(all: readonly WorkerSettings[]): number | null {
  const said = all.map(({ deletionTermMs }) => deletionTermMs).filter((term) => term !== undefined);
  if (said.length === 0) return defaultDeletionTermMs;
  const terms = said.filter((term) => term !== null);
  return terms.length === 0 ? null : Math.min(...terms);
}

/** A worker of a later version may say it in another way. */
function parsed(text: string): WorkerSettings[] {
  try {
    return [settingsSchema.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
