import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, freePort, leakGuard } from '@session-queue/testing';
import { signatureHeaders } from '../../src/callbacks/signature.ts';
import { asText, CallbackLab, secrets } from '../support/callback-lab.ts';

leakGuard();

const program = fileURLToPath(new URL('../../../../examples/receive-callback.mjs', import.meta.url));

describe('the example that receives callbacks', () => {
  let lab: CallbackLab;
  let child: ChildProcess;
  let said: string;
  let url: string;

  beforeEach(async () => {
    lab = await CallbackLab.start();
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    const env = { PORT: String(port), WEBHOOK_SECRET: asText(secrets[0]) };
    child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    said = '';
    child.stdout?.on('data', (piece) => {
      said += String(piece);
    });
    await eventually(() => said.includes('waiting for callbacks\n'));
  });
  afterEach(async () => {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    await lab.stop();
  });

  test('is told of the end of a request', async () => {
    lab.deliverer();
    const id = await lab.ended(url);
    await lab.until(id, 'delivered');
    await eventually(() => said.includes('succeeded'));
    expect(said).toBe(`waiting for callbacks\nrequest.cancelled ${id}: 0 of 2 succeeded\n`);
  });

  test('believes nobody who cannot sign, tells nothing twice, and takes either of two secrets', async () => {
    const body = JSON.stringify({ type: 'request.failed', data: { id: 'r', counts: { succeeded: 1, total: 3 } } });
    const now = Math.floor(Date.now() / 1_000);
    const post = async (keys: readonly Buffer[], timestamp: number, text = body): Promise<number> => {
      const headers = signatureHeaders(keys, { id: 'one', timestamp, body });
      return (await fetch(url, { method: 'POST', headers, body: text })).status;
    };
    expect((await fetch(url, { method: 'POST', body })).status).toBe(401);
    expect(await post(secrets.slice(1), now)).toBe(401);
    expect(await post(secrets, now - 3_600)).toBe(401);
    expect(await post(secrets, now, body.replace('1', '3'))).toBe(401);
    expect(said).toBe('waiting for callbacks\n');
    for (const keys of [secrets, secrets.toReversed()]) expect(await post(keys, now)).toBe(204);
    await eventually(() => said.includes('succeeded'));
    expect(said).toBe('waiting for callbacks\nrequest.failed r: 1 of 3 succeeded\n');
  });
});
