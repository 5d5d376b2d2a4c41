import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Agent, request } from 'node:https';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Certificate, freePort, leakGuard, makeCertificate } from '@session-queue/testing';
import { TlsFront } from '../src/tap/tls-front.ts';

leakGuard();

describe('HTTPS before a target that speaks plain HTTP', () => {
  let usual: Certificate;
  let front: TlsFront;
  let target: Server;
  let agent: Agent;
  const arrivals: number[] = [];

  beforeEach(async () => {
    usual = await makeCertificate('learnosity.test');
    arrivals.length = 0;
    target = createServer((asked, answer) => {
      arrivals.push(asked.socket.remotePort ?? 0);
      asked.pipe(answer);
    });
    const port = await freePort();
    target.listen(port, '127.0.0.1');
    await once(target, 'listening');
    front = await TlsFront.start(port, usual);
    agent = new Agent({ keepAlive: true, ca: usual.cert, servername: 'learnosity.test' });
  });
  afterEach(async () => {
    agent.destroy();
    await front.close();
    target.close();
    await once(target, 'close');
  });

  /** Answers with the body that came back, and the port that it was asked from. */
  async function ask(body: string): Promise<{ text: string; from: number | undefined }> {
    const asking = request({ port: front.port, host: '127.0.0.1', method: 'POST', agent });
    asking.end(body);
    const [answer] = await once(asking, 'response');
    const from: number | undefined = answer.socket.localPort;
    let text = '';
    for await (const part of answer) text += String(part);
    return { text, from };
  }

  /** A connection that was busy a moment ago may carry one more call. */
  async function askUntilRefused(): Promise<never> {
    for (;;) await ask('before');
  }

  test('passes calls on, keeps connections, and knows by which connection each call came', async () => {
    const [one, two] = [await ask('one'), await ask('two')];
    expect([one.text, two.text]).toEqual(['one', 'two']);
    expect(two.from).toBe(one.from);
    expect(arrivals.map((port) => front.clientOf(port))).toEqual(
      [1, 2].map(() => ({ from: one.from, to: front.port })),
    );
  });

  test('shows another certificate, refuses, or speaks no TLS, to whoever had a connection too, and heals', async () => {
    await ask('before');
    front.set({ welcome: await makeCertificate('learnosity.test') });
    await expect(askUntilRefused()).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const before = arrivals.length;
    front.set({ welcome: 'alert' });
    await expect(ask('lost')).rejects.toThrow('handshake failure');
    front.set({ welcome: 'plain text' });
    await expect(ask('lost')).rejects.toThrow(/wrong version|packet length/);
    front.set({});
    expect((await ask('after')).text).toBe('after');
    expect(arrivals).toHaveLength(before + 1);
  });

  test('keeps no connection for a further call when it is told so', async () => {
    front.set({ keep: false });
    const [one, two] = [await ask('one'), await ask('two')];
    expect(two.from).not.toBe(one.from);
  });
});
