import { Child, type Ending } from './child.ts';
import type { LogBook } from './log-book.ts';
import type { Way } from './way.ts';

export interface AppOptions {
  name: string;
  script: string;
  env: Readonly<Record<string, string>>;
  /** What it says once it does its work. */
  ready: string;
  /** Its own way to Redis. */
  redisWay: Way;
  log: LogBook;
}

/** A worker or the producer, over all the runs of its process: it can be killed, put to sleep and started again. */
export class App {
  readonly name: string;
  readonly redisWay: Way;
  readonly runs: Child[] = [];
  readonly #options: AppOptions;

  constructor(options: AppOptions) {
    this.#options = options;
    this.name = options.name;
    this.redisWay = options.redisWay;
  }

  /** Starts a process and waits until it does its work. */
  async start(): Promise<void> {
    const { name, script, env, ready, log } = this.#options;
    const child = new Child({ name, script, env, log });
    this.runs.push(child);
    await child.says(ready, 60_000);
  }

  /** The run of now, or the last. */
  get child(): Child {
    const last = this.runs.at(-1);
    if (last === undefined) throw new Error(`${this.name} was never started`);
    return last;
  }

  get isAlive(): boolean {
    return this.runs.length > 0 && this.child.ending === undefined;
  }

  /** kill -9, and waits for the end. */
  async kill(): Promise<void> {
    await this.child.end('SIGKILL');
  }

  /** SIGSTOP: it sleeps until `wake`. */
  sleep(): void {
    this.child.signal('SIGSTOP');
  }

  wake(): void {
    this.child.signal('SIGCONT');
  }

  /** SIGTERM; killed after `withinMs`, which is then said. */
  async drain(withinMs: number): Promise<Ending & { wasForced: boolean; ms: number }> {
    return await this.child.end('SIGTERM', withinMs);
  }

  /** Ends its process and its way. Safe twice. */
  async stop(): Promise<void> {
    // The way first: connections that stand can be reset at both ends.
    await this.redisWay.close();
    if (this.isAlive) await this.kill();
  }
}
