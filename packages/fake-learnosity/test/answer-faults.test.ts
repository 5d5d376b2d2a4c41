import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { ScriptInput } from '../src/index.ts';
import { formOf, key } from './stage/caller.ts';
import { refused, type Stage, stage } from './stage/stage.ts';

/** Whether the deletion of `id` took effect, and how its call stands in the books. */
function outcome({ fake }: Stage, id: string) {
  const { accepted, lost, spoilt, refused: byCode, refused429, counted } = fake.books().consumers[key]?.deletion ?? {};
  return { named: fake.session(id).calls, accepted, lost, spoilt, refused: byCode, refused429, counted };
}

async function scripted(fault: ScriptInput): Promise<Stage> {
  const on = await stage();
  on.fake.script(fault);
  return on;
}

describe('a scripted error', () => {
  test('is answered with its status, code, message and headers, without an effect', async () => {
    const headers = { 'retry-after': '7' };
    const on = await scripted({ fault: 'error', status: 503, code: 10000, message: 'down', headers });
    const reply = await on.deletion(['a']);
    expect(refused(reply)).toEqual({ status: 503, code: 10000 });
    expect(reply.meta.message).toBe('down');
    expect(reply.headers['retry-after']).toBe('7');
    expect(outcome(on, 'a')).toMatchObject({ named: 0, accepted: 0, counted: 1, refused: { 10000: 1 } });
  });

  test('without a code is booked by its status', async () => {
    const on = await scripted({ fault: 'error', status: 500 });
    expect((await on.deletion(['a'])).meta).not.toHaveProperty('code');
    expect(outcome(on, 'a').refused).toEqual({ 'http-500': 1 });
  });

  test('may come with the effect all the same', async () => {
    const on = await scripted({ fault: 'error', status: 500, effect: true });
    expect((await on.deletion(['a'])).status).toBe(500);
    expect(outcome(on, 'a')).toMatchObject({ named: 1, accepted: 1, spoilt: 1, refused: {} });
  });

  test('may be 200 with status false', async () => {
    const on = await scripted({ fault: 'error', status: 200, code: 20018, message: 'no' });
    const reply = await on.deletion(['a']);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({ meta: { status: false, timestamp: expect.any(Number), code: 20018, message: 'no' } });
    expect(outcome(on, 'a').named).toBe(0);
  });

  test('of 429 takes no place in the quota', async () => {
    const on = await scripted({ fault: 'error', status: 429, code: 42000, message: 'Too many requests', times: 3 });
    for (let sent = 0; sent < 3; sent += 1) expect((await on.deletion(['a'])).status).toBe(429);
    expect(outcome(on, 'a')).toMatchObject({ counted: 0, refused429: 3 });
    for (let sent = 0; sent < 5; sent += 1) expect((await on.deletion(['a'])).status).toBe(200);
  });

  test('of 429 cannot have an effect', async () => {
    const { fake } = await stage();
    expect(() => fake.script({ fault: 'error', status: 429, effect: true })).toThrow(/no effect/);
  });
});

describe('a connection that is cut', () => {
  test.each([
    [false, { named: 0, accepted: 0, lost: 1, spoilt: 0 }],
    [true, { named: 1, accepted: 1, lost: 0, spoilt: 1 }],
  ])('gives no answer (effect: %j)', async (effect, expected) => {
    const on = await scripted({ fault: 'cut', effect });
    await expect(on.deletion(['a'])).rejects.toThrow(/socket hang up/);
    expect(outcome(on, 'a')).toMatchObject(expected);
  });

  test('in the middle of the answer leaves the effect', async () => {
    const on = await scripted({ fault: 'truncated' });
    await expect(on.deletion(['a'])).rejects.toThrow(/aborted/);
    expect(outcome(on, 'a')).toMatchObject({ named: 1, accepted: 1, spoilt: 1 });
    expect(on.fake.books().consumers[key]?.deletion.abandoned).toBe(0);
  });
});

describe('a call that hangs', () => {
  test.each([false, true])('is never answered, until its caller goes (effect: %j)', async (effect) => {
    const on = await scripted({ fault: 'hang', effect });
    const caller = new AbortController();
    const call = on.deletion(['a'], { signal: caller.signal });
    await on.fake.until(({ consumers }) => consumers[key]?.deletion.counted === 1);
    expect(on.fake.books().consumers[key]?.deletion.abandoned).toBe(0);
    caller.abort();
    await expect(call).rejects.toThrow(/abort/);
    await on.fake.until(({ consumers }) => consumers[key]?.deletion.abandoned === 1);
    expect(outcome(on, 'a')).toMatchObject({ named: effect ? 1 : 0, lost: effect ? 0 : 1 });
  });
});

describe('an answer', () => {
  test('may be JSON that breaks off', async () => {
    const on = await scripted({ fault: 'badJson' });
    const reply = await on.deletion(['a']);
    expect(reply).toMatchObject({ status: 200, body: undefined });
    expect(reply.text).toMatch(/^\{"meta":/);
    expect(outcome(on, 'a').named).toBe(1);
  });

  test('may be a web page', async () => {
    const on = await scripted({ fault: 'html' });
    const reply = await on.deletion(['a']);
    expect(reply.status).toBe(502);
    expect(reply.headers['content-type']).toBe('text/html');
    expect(reply.text).toMatch(/^<html>/);
    expect(outcome(on, 'a')).toMatchObject({ named: 0, refused: { 'http-502': 1 } });
  });

  test.each([false, true])('may be larger than anybody wants, and valid (length declared: %j)', async (declared) => {
    const on = await scripted({ fault: 'oversize', bytes: 3_000_000, declared });
    const reply = await on.deletion(['a']);
    expect(reply.text.length).toBeGreaterThan(3_000_000);
    expect(reply.data).toHaveLength(1);
    expect(reply.headers['content-length']).toBe(declared ? `${reply.text.length}` : undefined);
  });

  test('that is too large may be left unread', async () => {
    const on = await scripted({ fault: 'oversize', bytes: 500_000_000 });
    const form = formOf({ action: 'delete', request: { session_ids: ['a'] }, now: on.now() });
    const socket = connect(on.fake.port, '127.0.0.1');
    socket.write(
      `POST /v2026.2.LTS/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
        `Content-Length: ${form.length}\r\n\r\n${form}`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    await on.fake.until(({ consumers }) => consumers[key]?.deletion.abandoned === 1);
  });

  test('may come in drops, long after its headers', async () => {
    const on = await scripted({ fault: 'slowBody', ms: 200 });
    const start = performance.now();
    const reply = await on.deletion(['a']);
    expect(reply.data).toHaveLength(1);
    expect(performance.now() - start).toBeGreaterThan(180);
  });

  test('in drops may be given up by its caller', async () => {
    const on = await scripted({ fault: 'slowBody', ms: 400 });
    await expect(on.deletion(['a'], { signal: AbortSignal.timeout(100) })).rejects.toThrow(/abort/);
    await on.fake.until(({ consumers }) => consumers[key]?.deletion.abandoned === 1);
  });

  test.each([
    ['swapped', { data: { job_reference: expect.any(String) } }, { data: [{ job_reference: expect.any(String) }] }],
    ['empty', { data: [] }, { data: [] }],
    ['missing', {}, {}],
  ] as const)('may hold data in another shape: %s', async (shape, ofDeletion, ofResubmission) => {
    const on = await scripted({ fault: 'wrongShape', shape });
    const meta = { status: true, timestamp: expect.any(Number) };
    expect((await on.deletion(['a'])).body).toEqual({ meta, ...ofDeletion });
    expect((await on.resubmission(['AAAA'])).body).toEqual({ meta, ...ofResubmission });
    expect(outcome(on, 'a')).toMatchObject({ named: 1, spoilt: 1 });
  });

  test('may be held back, over and above the latency of all', async () => {
    const on = await stage({ latencyMs: { min: 50, max: 50 } });
    on.fake.script({ fault: 'latency', min: 100, max: 120, match: { endpoint: 'deletion' } });
    const timed = async (call: Promise<unknown>) => {
      const start = performance.now();
      await call;
      return performance.now() - start;
    };
    expect(await timed(on.deletion(['a']))).toBeGreaterThan(145);
    const plain = await timed(on.jobs({}));
    expect(plain).toBeGreaterThan(45);
    expect(plain).toBeLessThan(145);
  });

  test('is 413 for a body of more than so many bytes', async () => {
    const on = await scripted({ fault: 'tooLarge', bytes: 1000 });
    expect((await on.deletion(['a'])).status).toBe(200);
    expect((await on.deletion(['b'.repeat(255), ...Array.from({ length: 9 }, () => 'c'.repeat(100))])).status).toBe(
      413,
    );
    expect(outcome(on, 'a')).toMatchObject({ accepted: 1, refused: { 'http-413': 1 } });
    expect(on.fake.session('b'.repeat(255)).calls).toBe(0);
  });
});
