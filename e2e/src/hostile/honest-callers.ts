import { setTimeout as sleep } from 'node:timers/promises';

/** How long an honest caller waits at most: twice what the producer promises, since the flood is made on the same machine. */
const patienceMs = 10_000;
const betweenMs = 200;
/** Redis is reached through the harness, which is busy with the flood: now and then it is too slow, and that is said. */
const mostPutOff = 0.1;

/** Callers who ask for something small again and again, while others do their worst. */
export class HonestCallers {
  readonly #urls: readonly string[];
  readonly #stop = new AbortController();
  readonly #faults: string[] = [];
  #asking: Promise<unknown> = Promise.resolve();
  #asked = 0;
  #putOff = 0;
  #slowestMs = 0;

  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  start(): void {
    this.#asking = Promise.all(this.#urls.map((url) => this.#ask(url)));
  }

  /** Ends, and says how they were served; whoever was not answered well is told as a fault. */
  async stop(): Promise<{ asked: number; slowestMs: number; faults: string[] }> {
    this.#stop.abort();
    await this.#asking;
    if (this.#putOff > this.#asked * mostPutOff)
      this.#faults.push(`${this.#putOff} of ${this.#asked} honest calls were put off`);
    return { asked: this.#asked, slowestMs: Math.round(this.#slowestMs), faults: this.#faults.slice(0, 5) };
  }

  async #ask(url: string): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const from = performance.now();
      const heard = await fetch(url, { signal: AbortSignal.timeout(patienceMs) }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        (error: unknown) => (error instanceof Error ? error.name : 'failed'),
      );
      this.#asked += 1;
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - from);
      if (heard === 503) this.#putOff += 1;
      else if (heard !== 200) this.#faults.push(`an honest caller of ${new URL(url).pathname} heard ${heard}`);
      await sleep(betweenMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
