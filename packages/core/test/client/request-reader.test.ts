import { describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { type ItemsPage, Refusal, RequestReader, type RequestsPage, type RequestView } from '../../src/client/index.ts';
import { shown } from './http/stand-in.ts';

leakGuard();

type Look = RequestView | Refusal | undefined;

/** Finds what it is told to, look by look; the last of it for ever. */
class Told extends RequestReader {
  readonly #looks: Look[];
  looked = 0;

  constructor(...looks: Look[]) {
    super();
    this.#looks = looks;
  }

  override async getRequest(): Promise<RequestView | undefined> {
    const found = this.#looks[Math.min(this.looked, this.#looks.length - 1)];
    this.looked += 1;
    if (found instanceof Refusal) throw found;
    return found;
  }

  override async listRequests(): Promise<RequestsPage> {
    return { requests: [] };
  }

  override async listItems(): Promise<ItemsPage> {
    return { items: [] };
  }
}

const accepted = shown();
const processing = shown({ state: 'processing' });
const completed = shown({ state: 'completed' });
const away = new Refusal('unavailable', 'Redis is away');

async function states(reader: Told, options: { pollMs: number; outageMs?: number }): Promise<string[]> {
  const seen: string[] = [];
  for await (const { state } of reader.watchRequest('r-1', options)) seen.push(state);
  return seen;
}

describe('watching a request', () => {
  test('tells of each change once, however often nothing has changed', async () => {
    const reader = new Told(accepted, accepted, processing, processing, processing, completed);
    expect(await states(reader, { pollMs: 1 })).toEqual(['accepted', 'processing', 'completed']);
    expect(reader.looked).toBe(6);
  });

  test('waits an outage out', async () => {
    const reader = new Told(away, accepted, away, new Refusal('busy', 'too much'), completed);
    expect(await states(reader, { pollMs: 1 })).toEqual(['accepted', 'completed']);
  });

  test('ends with the refusal of an outage that is too long', async () => {
    await expect(states(new Told(accepted, away), { pollMs: 1, outageMs: 20 })).rejects.toBe(away);
  });

  test('ends at once with a refusal that will not pass', async () => {
    const refusal = new Refusal('unauthorized', 'no token');
    const reader = new Told(accepted, refusal);
    await expect(states(reader, { pollMs: 1 })).rejects.toBe(refusal);
    expect(reader.looked).toBe(2);
  });

  test('ends when the record has aged out', async () => {
    await expect(states(new Told(accepted, undefined), { pollMs: 1 })).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('a look that fails once its signal has come ends nothing but the watch', async () => {
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => unheard.push(reason);
  process.on('unhandledRejection', hear);
  try {
    const watch = new Told(away).watchRequest('r-1', { pollMs: 1, signal: AbortSignal.abort(new Error('enough')) });
    await expect(watch.next()).rejects.toThrow('enough');
    await new Promise((resolve) => setImmediate(resolve));
    expect(unheard).toEqual([]);
  } finally {
    process.off('unhandledRejection', hear);
  }
});
