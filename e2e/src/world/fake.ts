import {
  type Books,
  booksSchema,
  type FullBooks,
  fullBooksSchema,
  type ScriptInput,
  type SessionSeed,
} from '@session-queue/fake-learnosity';
import { z } from 'zod';
import { Child } from './child.ts';
import { worldConsumers } from './consumers.ts';
import type { LogBook } from './log-book.ts';
import type { WorldOptions, WorldQuotas } from './options.ts';
import { fakeScript } from './places.ts';

/** A fault that is in force at the stand-in. */
export interface PostedFault {
  /** Takes it out of force; answers with how many calls it struck. */
  remove(): Promise<number>;
}

/** What a world's stand-in is started with. */
export function fakeFlags(options: WorldOptions, quotas: WorldQuotas): string[] {
  const { seed, consumers, latency = '20-120', jobSeconds = '0.3-1.5', fakeFlags: further = [] } = options;
  return [
    ...worldConsumers(consumers ?? 3).map(({ key, secret, domain }) => `--consumer=${key}:${secret}:${domain}`),
    ...Object.entries(quotas).map(([name, { calls, windowMs }]) => `--quota=${name}=${calls}/${windowMs}`),
    `--latency=${latency}`,
    `--job-seconds=${jobSeconds}`,
    `--seed=${seed}`,
    ...further,
  ];
}

const startedSchema = z.object({ port: z.int() });
const postedSchema = z.array(z.object({ id: z.int(), struck: z.int() }));

const timesOf = (fault: ScriptInput): number => ('times' in fault ? (fault.times ?? 0) : 0);

/** The strict stand-in for Learnosity as a process of its own, with full books. */
export class Fake {
  readonly child: Child;
  readonly port: number;

  static async start(log: LogBook, flags: readonly string[]): Promise<Fake> {
    const child = new Child({ name: 'learnosity', script: fakeScript, parameters: ['--port=0', ...flags], log });
    const { port } = startedSchema.parse(JSON.parse(await child.says('"url"')));
    return new Fake(child, port);
  }

  private constructor(child: Child, port: number) {
    this.child = child;
    this.port = port;
  }

  async books(): Promise<Books> {
    return booksSchema.parse(await this.#desk('GET', '/__books'));
  }

  async fullBooks(): Promise<FullBooks> {
    return fullBooksSchema.parse(await this.#desk('GET', '/__books?items=1'));
  }

  /** Gives Learnosity sessions whose metadata it knows, so that selections find them. */
  async giveSessions(sessions: readonly SessionSeed[]): Promise<void> {
    await this.#desk('POST', '/__sessions', { sessions });
  }

  /** Puts a fault in force; what there is: packages/fake-learnosity/src/script/faults.ts. */
  async script(fault: ScriptInput): Promise<PostedFault> {
    const [posted] = postedSchema.parse(await this.#desk('POST', '/__script', fault));
    if (posted === undefined) throw new Error('the stand-in did not take the fault');
    return {
      remove: async () => {
        // One that is spent has left the board. What strikes up to its removal is counted with it.
        const removed = await this.#desk('DELETE', `/__script/${posted.id}`).catch(() => []);
        return postedSchema.parse(removed)[0]?.struck ?? timesOf(fault);
      },
    };
  }

  async #desk(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the stand-in answered ${method} ${path} with ${response.status}: ${text}`);
    return JSON.parse(text);
  }
}
