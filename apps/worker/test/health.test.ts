import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { z } from 'zod';
import { HealthServer } from '../src/health/health-server.ts';

const healthSchema = z.strictObject({
  status: z.literal('ok'),
  eventLoopDelay: z.strictObject({ maxMs: z.number().nonnegative(), p99Ms: z.number().nonnegative() }),
});

const health = new HealthServer({
  port: 0,
  readiness: async () => ({ ready: true, problems: [], unchecked: [], stoppedLanes: [] }),
  logger: pino({ level: 'silent' }),
});
let url = '';
beforeEach(async () => {
  url = `http://127.0.0.1:${await health.start()}/healthz`;
});
afterEach(() => health.stop());

async function delay() {
  return healthSchema.parse(await (await fetch(url)).json()).eventLoopDelay;
}

test('says how long the event loop was held up since it was last asked', async () => {
  await delay();
  // One look lies before the hold-up and one behind it.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const until = performance.now() + 700;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const held = await delay();
  expect(held.maxMs).toBeGreaterThan(600);
  expect(held.p99Ms).toBeLessThanOrEqual(held.maxMs);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await delay()).maxMs).toBeLessThan(held.maxMs);
});
