import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { requestKey } from '@session-queue/core/engine';
import { eventually, leakGuard } from '@session-queue/testing';
import { Webhook } from 'standardwebhooks';
import { asText, CallbackLab, secrets } from '../support/callback-lab.ts';
import { answer, Receiver, silence } from '../support/receiver.ts';

leakGuard();

let lab: CallbackLab;
let receiver: Receiver;
let url: string;
beforeEach(async () => {
  lab = await CallbackLab.start();
  receiver = await Receiver.start();
  url = `http://127.0.0.1:${receiver.port}/hook?token=private`;
});
afterEach(async () => {
  await lab.stop();
  await receiver.stop();
});

describe('a callback', () => {
  test('tells of the end of its request, signed by every secret as Standard Webhooks has it', async () => {
    lab.deliverer();
    const id = await lab.ended(url);
    expect(await lab.until(id, 'delivered')).toMatchObject({ attempts: 1 });
    const [{ path, headers, body } = { path: '', headers: {}, body: '' }, ...others] = receiver.received;
    expect(others).toEqual([]);
    expect(path).toBe('/hook?token=private');
    expect(headers['content-type']).toBe('application/json');
    const sent = headers as Record<string, string>;
    for (const secret of secrets) new Webhook(asText(secret)).verify(body, sent);
    expect(() => new Webhook(asText(Buffer.alloc(32, 'x'))).verify(body, sent)).toThrow('No matching signature');
    expect(() => new Webhook(asText(secrets[0])).verify(`${body} `, sent)).toThrow('No matching signature');
    const { callback: _own, ...shown } = await lab.view(id);
    expect(JSON.parse(body)).toEqual({ type: 'request.cancelled', timestamp: shown.finishedAt, data: shown });
  });

  test('that was delivered is not delivered again', async () => {
    lab.deliverer();
    const id = await lab.ended(url);
    await lab.until(id, 'delivered');
    // As when whoever delivered it died before BullMQ knew.
    const job = await lab.job(id);
    await eventually(async () => (await job.getState()) === 'completed');
    await job.retry('completed');
    await eventually(async () => (await job.getState()) === 'completed');
    expect((await lab.job(id)).returnvalue).toEqual({ outcome: 'delivered before' });
    expect(receiver.received).toHaveLength(1);
  });

  test.each([
    ['an error', answer(500)],
    ['a refusal', answer(403)],
    ['a redirect', answer(307, { Location: '/elsewhere' })],
    ['an answer that is too long', answer(200, {}, 'x'.repeat(70_000))],
    ['no answer in time', silence],
    ['a connection that is cut', (response: import('node:http').ServerResponse) => void response.destroy()],
  ])('that meets %s is tried again under the same id', async (_what, respond) => {
    receiver.script.push(respond);
    lab.deliverer({ deadlineMs: 1_000 });
    const id = await lab.ended(url);
    expect(await lab.until(id, 'delivered')).toMatchObject({ attempts: 2 });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook?token=private', '/hook?token=private']);
    expect(new Set(receiver.ids).size).toBe(1);
    const sent = receiver.received[1];
    new Webhook(asText(secrets[0])).verify(sent?.body ?? '', sent?.headers as Record<string, string>);
  });

  test('waits as long as its receiver asks for', async () => {
    receiver.script.push(answer(503, { 'Retry-After': '1' }));
    lab.deliverer();
    await lab.until(await lab.ended(url), 'delivered');
    const [first, second] = await receiver.until(2);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(950);
  });

  test('ends at once when its receiver is gone for good', async () => {
    receiver.script.push(answer(410));
    lab.deliverer();
    const id = await lab.ended(url);
    expect(await lab.until(id, 'failed')).toMatchObject({ attempts: 1 });
    await eventually(async () => (await (await lab.job(id)).getState()) === 'failed');
  });

  test('ends as failed when all its attempts are spent, and can be tried again by hand', async () => {
    receiver.script.push(answer(500), answer(500), answer(500));
    const id = await lab.ended(url);
    const job = await lab.job(id);
    // Of a day's attempts these are left.
    await lab.redis.hset(lab.queue.toKey(job.id ?? ''), 'opts', JSON.stringify({ ...job.opts, attempts: 3 }));
    lab.deliverer();
    expect(await lab.until(id, 'failed')).toMatchObject({ attempts: 3 });
    expect(receiver.received).toHaveLength(3);
    await eventually(async () => (await job.getState()) === 'failed');
    await job.retry();
    await lab.until(id, 'delivered');
  });

  test('of an end that is not the last is not sent: the next one has its own', async () => {
    const id = await lab.ended(url);
    const job = await lab.job(id);
    await lab.redis.hincrby(requestKey(lab.keys, id), 'finishedAt', 1);
    lab.deliverer();
    await eventually(async () => (await job.getState()) === 'completed');
    expect((await lab.queue.getJob(job.id ?? ''))?.returnvalue).toEqual({ outcome: 'outdated' });
    expect(receiver.received).toEqual([]);
  });

  test('whose job is none of ours fails and is left alone', async () => {
    const job = await lab.queue.add('callback', { url }, { jobId: 'odd' });
    await lab.redis.hset(lab.queue.toKey('odd'), 'data', '{"url": "http');
    lab.deliverer();
    await eventually(async () => (await job.getState()) === 'failed');
    expect(await lab.redis.hget(lab.queue.toKey('odd'), 'failedReason')).toBe('its data are no callback');
    expect(receiver.received).toEqual([]);
    expect(lab.logged.join('')).not.toContain('"http');
  });

  test('leaves its URL and its items out of the log and of its job (invariant 9)', async () => {
    receiver.script.push(answer(500, {}, 'private'), silence);
    lab.deliverer({ deadlineMs: 500 });
    const id = await lab.ended(url);
    await lab.until(id, 'delivered');
    await lab.until(await lab.ended(`http://localhost:1/hook?token=private`), 'delivered', 300).catch(() => undefined);
    const kept = await lab.redis.hgetall(lab.queue.toKey((await lab.job(id)).id ?? ''));
    const all = `${lab.logged.join('')}${JSON.stringify(kept)}`;
    expect(all).toContain(`answered 500 (127.0.0.1:${receiver.port})`);
    expect(all).toContain('DEADLINE');
    expect(all).toContain('localhost:1');
    expect(all).not.toMatch(/hook|token|private/);
  });
});

describe('several producers', () => {
  test('share the callbacks, and each is delivered once', async () => {
    lab.deliverer();
    lab.deliverer();
    const ids = await Promise.all(Array.from({ length: 40 }, () => lab.ended(url)));
    for (const id of ids) await lab.until(id, 'delivered');
    expect(receiver.received).toHaveLength(40);
    expect(new Set(receiver.ids).size).toBe(40);
  }, 20_000);
});

describe('a deliverer that is stopped', () => {
  test('lets a delivery under way end', async () => {
    receiver.script.push((response) => {
      stopped = runner.stop(5_000);
      setTimeout(() => response.writeHead(204).end(), 200);
    });
    const runner = lab.deliverer();
    let stopped: Promise<void> | undefined;
    const id = await lab.ended(url);
    await receiver.until(1);
    await stopped;
    expect((await lab.view(id)).callback).toMatchObject({ state: 'delivered', attempts: 1 });
  });

  test('cuts one that takes longer than the grace, which another then delivers', async () => {
    receiver.script.push(silence);
    const runner = lab.deliverer();
    const id = await lab.ended(url);
    await receiver.until(1);
    const before = performance.now();
    await runner.stop(100);
    expect(performance.now() - before).toBeLessThan(3_000);
    expect((await lab.view(id)).callback).toMatchObject({ state: 'pending', attempts: 1 });
    lab.deliverer();
    await lab.until(id, 'delivered');
    expect(new Set(receiver.ids).size).toBe(1);
  });
});
