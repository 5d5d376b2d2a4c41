import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { NodeProcess } from '../lab/node-process.ts';

/** A worker begins afresh with each read, and misses the next 20 ms: so seldom that this tells little. */
const readEveryMs = 1_000;
const startedSchema = z.object({ port: z.number() });
const healthSchema = z.object({ eventLoopDelay: z.object({ maxMs: z.number() }) });

/** How long the event loops of workers were held up, as their `/healthz` tells it. */
export class LoopDelays {
  readonly #longest: number[] = [];
  readonly #stop = new AbortController();
  readonly #reading: Promise<void>[];

  static async begin(workers: readonly NodeProcess[]): Promise<LoopDelays> {
    const lines = await Promise.all(workers.map((worker) => worker.says('the worker runs')));
    const urls = lines.map((line) => `http://127.0.0.1:${startedSchema.parse(JSON.parse(line)).port}/healthz`);
    // What the start of a process took is not meant.
    await Promise.all(urls.map(read));
    return new LoopDelays(urls);
  }

  constructor(urls: readonly string[]) {
    this.#reading = urls.map((url) => this.#readOn(url));
  }

  /** Answers with the longest delay of each second and worker, ms. */
  async end(): Promise<number[]> {
    this.#stop.abort();
    await Promise.all(this.#reading);
    return this.#longest;
  }

  async #readOn(url: string): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await pause(readEveryMs, undefined, { signal }).catch(() => undefined);
      this.#longest.push(await read(url));
    }
  }
}

async function read(url: string): Promise<number> {
  const response = await fetch(url);
  return healthSchema.parse(await response.json()).eventLoopDelay.maxMs;
}
