import { z } from 'zod';
import type { NodeProcess } from '../lab/node-process.ts';

const betweenMs = 50;
const startedSchema = z.object({ port: z.number() });

/**
 * How long workers take to answer `GET /healthz`, which does nothing but pass the event loop: as long as the loop is held up, plus
 * about a millisecond of HTTP.
 */
export class AnswerTimes {
  readonly #took: number[] = [];
  readonly #stop = new AbortController();
  readonly #asking: Promise<void>[];

  static async begin(workers: readonly NodeProcess[]): Promise<AnswerTimes> {
    const lines = await Promise.all(workers.map((worker) => worker.says('the worker runs')));
    return new AnswerTimes(lines.map((line) => startedSchema.parse(JSON.parse(line)).port));
  }

  constructor(ports: readonly number[]) {
    this.#asking = ports.map((port) => this.#ask(`http://127.0.0.1:${port}/healthz`));
  }

  /** Answers with the milliseconds of each. */
  async end(): Promise<number[]> {
    this.#stop.abort();
    await Promise.all(this.#asking);
    return this.#took;
  }

  async #ask(url: string): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const askedAt = performance.now();
      const response = await fetch(url);
      await response.arrayBuffer();
      this.#took.push(performance.now() - askedAt);
      await new Promise((resolve) => setTimeout(resolve, betweenMs));
    }
  }
}
