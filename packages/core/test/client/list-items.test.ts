import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { ItemReport } from '../../src/requests/request.ts';
import { mixedIds } from '../requests/id-shapes.ts';
import { ClientLab, submissions } from './client-lab.ts';

leakGuard();

let lab: ClientLab;
beforeAll(async () => {
  lab = await ClientLab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.lab.next();
});

/** Every page of the items, as a caller follows them. */
async function pages(id: string, state: 'failed' | 'parked', limit?: number): Promise<ItemReport[][]> {
  const found: ItemReport[][] = [];
  for (let next: string | undefined = '0'; next !== undefined; ) {
    const page = await lab.client.listItems(id, state, { next, ...(limit !== undefined && { limit }) });
    found.push(page.items);
    next = page.next;
  }
  return found;
}

const itemsOf = (page: ItemReport[]) => page.map(({ item }) => item);

async function failedIds(all: string[]): Promise<string> {
  const id = await lab.accepted(all);
  await lab.open(id);
  for (let sent = 0; sent < all.length; sent += 50)
    await lab.sendBatch('deletion', () => 'failed', '20001', 'no such id');
  return id;
}

describe('the failed items of a deletion', () => {
  test('come as they were asked, with code and message, 100 a page', async () => {
    const all = mixedIds(230);
    const id = await failedIds(all);
    const found = await pages(id, 'failed');
    expect(found.map((page) => page.length)).toEqual([100, 100, 30]);
    expect(found.flat()).toEqual(all.map((item) => ({ item, code: '20001', message: 'no such id' })));
  });

  test('come in pages of another size, the last without a next', async () => {
    const all = mixedIds(100);
    const id = await failedIds(all);
    expect((await pages(id, 'failed', 50)).map(itemsOf)).toEqual([all.slice(0, 50), all.slice(50)]);
    expect((await pages(id, 'failed', 1_000)).map(itemsOf)).toEqual([all]);
    expect((await pages(id, 'failed', 1)).flat()).toHaveLength(100);
  });

  test('come whole though their bytes look like the marks between fields', async () => {
    // Packed: bytes 09 and 0a, tab and newline, at the start and within.
    const marks = ['0a0a0a0a-0909-4a0a-890a-0a090a090a09', '090a0000-0000-4000-8000-00000000000a'];
    const id = await failedIds(marks);
    expect((await pages(id, 'failed')).map(itemsOf)).toEqual([marks]);
    await lab.client.retryFailed(id, { reason: 'mended' });
    await lab.sendBatch('deletion', () => 'failed', 'again', 'a message\nin\tlines');
    expect(await pages(id, 'failed')).toEqual([
      marks.map((item) => ({ item, code: 'again', message: 'a message in lines' })),
    ]);
  });

  test('are none where none failed, and none beyond the end', async () => {
    const id = await failedIds(['a']);
    expect(await lab.client.listItems(id, 'parked')).toEqual({ items: [] });
    expect(await lab.client.listItems(id, 'failed', { next: '1' })).toEqual({ items: [] });
  });
});

describe('the items of a resubmission', () => {
  test('come as they were asked, failed and parked apart', async () => {
    const all = submissions(50);
    const { id } = await lab.client.resubmit({ consumer: lab.consumer, submissions: all });
    await lab.open(id);
    await lab.sendBatch('resubmission', (index) => (index < 20 ? 'failed' : index < 45 ? 'parked' : 'succeeded'));
    expect((await pages(id, 'failed', 15)).map(itemsOf)).toEqual([all.slice(0, 15), all.slice(15, 20)]);
    expect((await pages(id, 'parked')).map(itemsOf)).toEqual([all.slice(20, 45)]);
  });

  test('come in pages of about 8 MB, at least one item each', async () => {
    const [mb, tiny] = [1024 * 1024, 8];
    const all = [2 * mb, 2 * mb, 2 * mb, 1.5 * mb, 2 * mb, tiny, 2 * mb].map((size, i) =>
      Buffer.alloc((size / 4) * 3, i)
        .toString('base64')
        .slice(0, size),
    );
    const { id } = await lab.client.resubmit({ consumer: lab.consumer, submissions: all });
    await lab.open(id);
    const { counts } = await lab.view(id);
    for (let failed = 0; failed < counts.total; failed = (await lab.view(id)).counts.failed)
      await lab.sendBatch('resubmission', () => 'failed', '413', 'too large');
    const found = await pages(id, 'failed');
    expect(found.flat().map(({ item }) => item)).toEqual(all);
    for (const page of found)
      expect(page.reduce((bytes, { item }) => bytes + item.length, 0)).toBeLessThanOrEqual(8 * mb);
    expect(found.map((page) => page.length)).toEqual([4, 3]);
  });
});

describe('a page that cannot be', () => {
  test.each(['x', '-1', '1.5', '1e400', '9007199254740993'])('is refused: next %s', async (next) => {
    const id = await failedIds(['a']);
    await expect(lab.client.listItems(id, 'failed', { next })).rejects.toMatchObject({
      code: 'invalid',
      field: 'next',
    });
  });

  test.each([0, -1, 1.5, 1_001, Number.NaN])('is refused: limit %d', async (limit) => {
    const id = await failedIds(['a']);
    await expect(lab.client.listItems(id, 'failed', { limit })).rejects.toMatchObject({
      code: 'invalid',
      field: 'limit',
    });
  });
});
