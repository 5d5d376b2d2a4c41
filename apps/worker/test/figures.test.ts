import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readLaneFigures } from '@session-queue/core/engine';
import { eventually } from '@session-queue/testing';
import { ids, Lab } from './lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.start();
});
afterEach(() => lab.stop());

test('a worker that begins where none ran counts anew what others may have moved uncounted', async () => {
  const pending = async () => (await readLaneFigures(lab.redis, 'session-queue', 'default')).deletion.items.pending;
  const notBefore = new Date(Date.now() + 3_600_000).toISOString();
  await lab.client.deleteSessions({ sessionIds: ids(3), notBefore });
  // A version without figures has sent so many of another request.
  await lab.redis.hincrby('session-queue:{default}:figures', 'deletion:pending', 500);
  expect(await pending()).toBe(503);
  await lab.replica([lab.fastConsumer()]);
  await eventually(async () => (await pending()) === 3, { timeoutMs: 15_000 });
});
