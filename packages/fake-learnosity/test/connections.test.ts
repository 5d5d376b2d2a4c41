import { Agent } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { Pauses } from '../src/answer/pauses.ts';
import { startFakeLearnosity } from '../src/index.ts';
import { formOf, key } from './stage/caller.ts';
import { stage } from './stage/stage.ts';

describe('a connection', () => {
  test('is kept and used again, also after refusals and large bodies', async () => {
    const { deletion, fake } = await stage({ maxBodyBytes: 5000 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let sockets = 0;
    const createConnection = agent.createConnection.bind(agent);
    agent.createConnection = (...args) => {
      sockets += 1;
      return createConnection(...args);
    };
    try {
      expect((await deletion(['a'], { agent })).status).toBe(200);
      expect((await deletion([], { agent })).status).toBe(400);
      expect((await deletion(['x'.repeat(5000)], { agent })).status).toBe(413);
      expect((await deletion(['a'], { agent, path: '/x' })).status).toBe(404);
      expect((await deletion(['a'], { agent })).status).toBe(200);
      expect(sockets).toBe(1);
      expect(fake.books().strays.received).toBe(2);
    } finally {
      agent.destroy();
    }
  });

  test('takes calls one behind the other without waiting for answers', async () => {
    const { fake, now } = await stage({ latencyMs: { min: 10, max: 40 } });
    const form = formOf({ action: 'delete', request: { session_ids: ['a'] }, now: now() });
    const call =
      `POST /v2026.2.LTS/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
      `Content-Length: ${form.length}\r\n\r\n${form}`;
    const socket = connect(fake.port, '127.0.0.1');
    let text = '';
    const answered = new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (text.split('"job_reference"').length === 4) resolve();
      });
    });
    socket.write(call + call + call);
    await answered;
    socket.destroy();
    expect(fake.books().consumers[key]?.deletion.accepted).toBe(3);
  });

  test('that breaks before the body has come is noted', async () => {
    const { fake } = await stage();
    const socket = connect(fake.port, '127.0.0.1');
    socket.write('POST /v2026.2.LTS/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nsecurity=');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.end();
    const { strays } = await fake.until((books) => books.strays.broken === 1);
    expect(strays.received).toBe(1);
  });
});

describe('closing', () => {
  test('ends every wait, and those to come', async () => {
    const pauses = new Pauses();
    const waits = [pauses.wait(600_000), pauses.wait(600_000)];
    pauses.end();
    await Promise.all([...waits, pauses.wait(600_000)]);
  });

  test('ends at once, whatever hangs, waits or drips; twice is safe', async () => {
    const { deletion, jobs, metadata, resubmission, fake } = await stage();
    fake.script({ fault: 'hang', match: { endpoint: 'deletion' } });
    fake.script({ fault: 'latency', min: 60_000, max: 60_000, match: { endpoint: 'jobs' } });
    fake.script({ fault: 'slowBody', ms: 60_000, match: { endpoint: 'metadata' } });
    fake.script({ fault: 'oversize', bytes: 1_000_000_000, match: { endpoint: 'resubmission' } });
    const calls = Promise.allSettled([deletion(['a']), jobs({}), metadata({}), resubmission(['AAAA'])]);
    await fake.until(({ consumers }) => {
      const { deletion, jobs, metadata, resubmission } = consumers[key] ?? {};
      return [deletion, jobs, metadata, resubmission].every((ledger) => ledger?.counted === 1);
    });
    const start = performance.now();
    await Promise.all([fake.close(), fake.close()]);
    expect(performance.now() - start).toBeLessThan(1000);
    expect((await calls).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    await fake.close();
  });

  test('frees the port for the next', async () => {
    const first = await startFakeLearnosity();
    await first.close();
    const second = await startFakeLearnosity({ port: first.port });
    expect(second.url).toBe(`http://127.0.0.1:${first.port}`);
    await expect(startFakeLearnosity({ port: first.port })).rejects.toThrow(/EADDRINUSE/);
    await second.close();
  });
});
