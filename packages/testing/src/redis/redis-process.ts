import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isReady } from './readiness.ts';
import { startWatchdog } from './watchdog.ts';

export interface RedisProcessOptions {
  binary: string;
  folder: string;
  /** The folder goes when the process that started the server dies. */
  isTemporary: boolean;
  port: number;
  config: Readonly<Record<string, string>>;
  readyWithinMs: number;
}

/** The port was taken by somebody else between the choice and the bind. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

const logName = 'redis.log';

/** One run of a Redis server, from its spawn to its end. Ready once `startRedisProcess` has resolved. */
export interface RedisProcess {
  readonly pid: number;
  /** Sends a signal; resolves at the process's end for signals that end it, else at once. */
  signal(signal: NodeJS.Signals): Promise<void>;
  hasEnded(): boolean;
}

/** Starts a server and waits until it answers PONG. Throws PortTaken, or an error with the end of its log. */
export async function startRedisProcess(options: RedisProcessOptions): Promise<RedisProcess> {
  const { binary, folder, port, config, readyWithinMs } = options;
  const log = join(folder, logName);
  await rm(log, { force: true });
  const child = spawn(binary, toArguments({ ...config, port: String(port), dir: folder, logfile: log }), {
    stdio: 'ignore',
    // Its own group: Ctrl-C in the terminal ends whoever started it first, and then, in order, the server.
    detached: true,
  });
  const pid = await pidOf(child, binary);
  child.unref();
  const stopWatchdog = startWatchdog(pid, options.isTemporary ? folder : undefined);
  child.once('exit', stopWatchdog);
  const redis: RedisProcess = {
    pid,
    hasEnded: () => hasEnded(child),
    signal: async (signal) => await send(child, signal),
  };
  const giveUpAt = Date.now() + readyWithinMs;
  while (!(await isReady(port, pid, config.requirepass))) {
    if (hasEnded(child)) throw await startFailure(log, port, `${binary} ended before it was ready`);
    if (Date.now() >= giveUpAt) {
      await redis.signal('SIGKILL');
      throw await startFailure(log, port, `${binary} was not ready within ${readyWithinMs} ms`);
    }
    await sleep(10);
  }
  return redis;
}

function toArguments(config: Readonly<Record<string, string>>): string[] {
  return Object.entries(config).flatMap(([name, value]) => [`--${name}`, value]);
}

async function pidOf(child: ChildProcess, binary: string): Promise<number> {
  if (child.pid !== undefined) return child.pid;
  const [cause] = await once(child, 'error');
  throw new Error(`${binary} cannot be run`, { cause });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

const endingSignals: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT']);

async function send(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  if (!endingSignals.has(signal)) return;
  // The process is unref'ed so that a forgotten server holds no test process: while its end is awaited it must count.
  child.ref();
  await ended;
}

async function startFailure(log: string, port: number, message: string): Promise<Error> {
  const text = await readFile(log, 'utf8').catch(() => '(no log)');
  if (/bind: Address already in use|Address already in use/i.test(text)) return new PortTaken(`port ${port} is taken`);
  return new Error(`${message}; the end of its log:\n${text.split('\n').slice(-20).join('\n')}`);
}
