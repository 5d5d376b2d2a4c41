import { afterEach, describe, expect, test } from '@jest/globals';
import { ids, Lab } from './lab.ts';

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.stop();
  lab = undefined;
});

describe('the quota (invariant 3)', () => {
  test('is spent to 0.97 of what can be had by three replicas at 20 to 320 ms, without one 429', async () => {
    lab = await Lab.start({ latencyMs: { min: 20, max: 320 }, seed: 'quota' });
    const { fake } = lab;
    const consumer = lab.consumer();
    for (let i = 0; i < 3; i += 1) await lab.replica([consumer]);
    await lab.client.deleteSessions({ sessionIds: ids(20_000) });
    const received = () => fake.books().consumers.key?.deletion?.received ?? 0;
    const arrivalOf = async (call: number) => {
      await fake.until(() => received() >= call, 40_000);
      return performance.now();
    };
    // A cycle of the slots has five calls: from the third of one to the third of the fifth after it, the middle of both.
    const first = await arrivalOf(3);
    const cycleMs = ((await arrivalOf(28)) - first) / 5;
    const meanRoundTripMs = 170;
    expect(fake.books().consumers.key?.deletion).toMatchObject({
      refused429: 0,
      refused: {},
      mostInWindow: { received: 5 },
    });
    expect((5_000 + meanRoundTripMs) / cycleMs).toBeGreaterThanOrEqual(0.97);
  }, 60_000);

  test('sends 200 requests of one id each in at most 7 calls', async () => {
    lab = await Lab.start({ latencyMs: { min: 20, max: 100 } });
    await lab.replica([lab.consumer()]);
    const { client } = lab;
    const requests = await Promise.all(ids(200).map((id) => client.deleteSessions({ sessionIds: [id] })));
    for (const { id } of requests) expect((await lab.end(id)).state).toBe('completed');
    expect(lab.fake.books().consumers.key?.deletion?.received).toBeLessThanOrEqual(7);
    expect(lab.fake.books().sessions).toMatchObject({ distinct: 200, repeated: 0 });
  });

  test('keeps a lone item waiting neither behind 100,000 others nor behind 1,000 requests', async () => {
    lab = await Lab.start({ latencyMs: { min: 20, max: 100 } });
    const { client, fake } = lab;
    await client.deleteSessions({ sessionIds: ids(100_000) });
    await lab.replica([lab.consumer()]);
    await fake.until((books) => (books.consumers.key?.deletion?.received ?? 0) >= 5);
    const [first, second] = ids(2, 900_000);
    const sentWithin = async (id: string) => {
      await client.deleteSessions({ sessionIds: [id] });
      const asked = performance.now();
      await fake.until(() => fake.session(id).calls > 0);
      return performance.now() - asked;
    };
    expect(await sentWithin(first ?? '')).toBeLessThan(6_000);
    await Promise.all(ids(1_000, 200_000).map((id) => client.deleteSessions({ sessionIds: [id] })));
    expect(await sentWithin(second ?? '')).toBeLessThan(6_000);
  }, 40_000);
});
