import { expect, it } from '@jest/globals';
import type { LegalHoldView } from '@session-queue/core';
import { readHolds } from '../src/legal-holds/read-holds.ts';

/** Legal holds in memory, three of each consumer, that counts how many it is asked for at once. */
class CountingStore {
  most = 0;
  #now = 0;

  async newestIds(consumer: string, most: number) {
    const n = Number(consumer);
    const newest = [3, 2, 1].map((age) => ({ id: `${consumer}-${age}`, at: age * 10_000 + n })).slice(0, most);
    return await this.#answer({ newest, total: 3 });
  }

  async findLegalHold(consumer: string, id: string): Promise<LegalHoldView> {
    const createdAt = '2027-01-31T08:00:00.000Z';
    return await this.#answer({ id, consumer, on: 'sessions', sessions: 1, reason: 'case 12', createdAt });
  }

  async #answer<T>(answer: T): Promise<T> {
    this.#now += 1;
    this.most = Math.max(this.most, this.#now);
    await new Promise((resolve) => setImmediate(resolve));
    this.#now -= 1;
    return answer;
  }
}

it('Legal holds of a thousand consumers are read 50 at a time: the newest of all, and how many there are beside them', async () => {
  const store = new CountingStore();
  const consumers = Array.from({ length: 1_000 }, (_, n) => String(n));
  const { holds, more } = await readHolds(store, consumers, 200);
  expect(holds.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, n) => `${999 - n}-3`));
  expect(more).toBe(2_800);
  expect(store.most).toBe(50);
});
