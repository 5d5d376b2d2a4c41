import { afterEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { callbackFault } from '../../src/callbacks/callback-check.ts';
import { Reach } from '../../src/callbacks/reach.ts';
import { MemoryQueue } from '../support/memory-queue.ts';
import { problemIn } from '../support/problem.ts';
import { startProducer, type TestProducer } from '../support/test-producer.ts';

leakGuard();

let producer: TestProducer;
afterEach(() => producer.stop());

async function ask(callbackUrl: unknown, reach?: Reach): Promise<{ response: Response; queue: MemoryQueue }> {
  const queue = new MemoryQueue();
  producer = await startProducer({ queue, callbackFault: callbackFault(reach) });
  return { response: await producer.post('/v1/deletions', { sessionIds: ['a'], callbackUrl }), queue };
}

describe('a request that names whom to tell', () => {
  test('is accepted, and shows it', async () => {
    const callbackUrl = 'https://hooks.example.com/in?token=x';
    const { response } = await ask(callbackUrl, new Reach({ allowed: [] }));
    expect(response.status).toBe(202);
    const view = await producer.fetch(response.headers.get('location') ?? '');
    expect(await view.json()).toMatchObject({ callbackUrl });
    expect(producer.logged.join('')).not.toContain('token=x');
  });

  test.each([
    ['https://169.254.169.254/latest', /not public/],
    ['https://[::ffff:10.0.0.1]/', /not public/],
    ['https://localhost/', /not public/],
    ['http://hooks.example.com/', /must be https/],
    ['ftp://hooks.example.com/', /must be an https or http URL/],
    ['https://user:password@hooks.example.com/', /without a user/],
    [7, /must be a URL/],
  ])('is refused when that is %s, and nothing is kept', async (callbackUrl, reason) => {
    const { response, queue } = await ask(callbackUrl, new Reach({ allowed: [] }));
    expect(response.status).toBe(400);
    expect((await problemIn(response)).errors).toEqual([
      { field: 'callbackUrl', reason: expect.stringMatching(reason) },
    ]);
    expect(queue.asked).toEqual([]);
  });

  test('is refused where there is no secret to sign with, and told which setting is missing', async () => {
    const { response, queue } = await ask('https://hooks.example.com/');
    expect((await problemIn(response)).errors).toEqual([
      { field: 'callbackUrl', reason: 'is not possible here: WEBHOOK_SECRET is not set' },
    ]);
    expect(queue.asked).toEqual([]);
  });
});
