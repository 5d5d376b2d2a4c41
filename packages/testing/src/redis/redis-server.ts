import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { noteOpen } from '../leaks/open-things.ts';
import { freePort } from './free-port.ts';
import { PortTaken, type RedisProcess, startRedisProcess } from './redis-process.ts';
import { findServerBinary } from './server-binary.ts';

export interface RedisOptions {
  /** For example '64mb'; no limit when absent. The policy is noeviction unless `config` says otherwise. */
  maxmemory?: string;
  /** Any setting of redis.conf by name; overrides the defaults (append-only, fsync every second, noeviction). */
  config?: Readonly<Record<string, string>>;
  /** Where the data goes. It is made when missing and kept at `stop()`; a temporary folder that goes when absent. */
  folder?: string;
  /** A fixed port; a free one when absent. */
  port?: number;
  /** The server to run; found as `findServerBinary` says when absent. */
  binary?: string;
  /** How long a start may take, loading included (20,000). */
  readyWithinMs?: number;
}

/** A real Redis of one's own on loopback. It dies with the process that started it. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** The current process; another one after `restart`. */
  readonly pid: number;
  /** Ends it in order (or finds it killed) and starts it again on the same port; with `keepData: false` it is empty. */
  restart(options?: { keepData?: boolean }): Promise<void>;
  /** Sends a signal (SIGKILL). Waits for the end when the signal ends it; SIGSTOP and SIGCONT return at once. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it. Safe twice, and after `kill`. */
  stop(): Promise<void>;
}

const defaults = {
  bind: '127.0.0.1',
  appendonly: 'yes',
  appendfsync: 'everysec',
  'maxmemory-policy': 'noeviction',
  save: '',
  daemonize: 'no',
};

const portAttempts = 10;
const orderlyEndMs = 10_000;

/** Starts a Redis and resolves once it answers PONG. Throws when there is no server binary, or with the server's log. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const binary = options.binary ?? findServerBinary();
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'session-queue-redis-')));
  await mkdir(folder, { recursive: true });
  const config: Record<string, string> = {
    ...defaults,
    ...(options.maxmemory === undefined ? {} : { maxmemory: options.maxmemory }),
    ...options.config,
  };
  const { readyWithinMs = 20_000 } = options;
  const isTemporary = options.folder === undefined;
  const run = async (port: number): Promise<RedisProcess> =>
    await startRedisProcess({ binary, folder, isTemporary, port, config, readyWithinMs });

  const started = await startOnPort(run, options.port);
  const { port } = started;
  let current = started.process;
  const noteStopped = noteOpen(`Redis on port ${port}`);
  // A child of Redis's that rewrites its AOF outlives a kill -9 by a moment, and writes meanwhile.
  const removeData = async (): Promise<void> =>
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  const password = config.requirepass === undefined ? '' : `:${encodeURIComponent(config.requirepass)}@`;

  return {
    url: `redis://${password}127.0.0.1:${port}`,
    port,
    folder,
    get pid() {
      return current.pid;
    },
    kill: async (signal = 'SIGKILL') => await current.signal(signal),
    restart: async ({ keepData = true } = {}) => {
      await endInOrder(current);
      if (!keepData) await removeData();
      await mkdir(folder, { recursive: true });
      current = await retryWhileTaken(async () => await run(port));
    },
    stop: async () => {
      if (isTemporary) {
        await current.signal('SIGKILL');
        await removeData();
      } else {
        await endInOrder(current);
      }
      noteStopped();
    },
  };
}

async function startOnPort(
  run: (port: number) => Promise<RedisProcess>,
  fixed: number | undefined,
): Promise<{ port: number; process: RedisProcess }> {
  return await retryWhileTaken(async () => {
    const port = fixed ?? (await freePort());
    return { port, process: await run(port) };
  });
}

/** A port may be lost to somebody else between choice and bind, or be held for a moment by a server that just ended. */
async function retryWhileTaken<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt >= portAttempts) throw error;
      await sleep(50 * attempt);
    }
  }
}

async function endInOrder(server: RedisProcess): Promise<void> {
  // A stopped (SIGSTOP) server hears SIGTERM only once it goes on.
  await server.signal('SIGCONT');
  const tooLong = new AbortController();
  const forced = sleep(orderlyEndMs, undefined, { signal: tooLong.signal }).then(
    async () => await server.signal('SIGKILL'),
    () => undefined,
  );
  await server.signal('SIGTERM');
  tooLong.abort();
  await forced;
}
