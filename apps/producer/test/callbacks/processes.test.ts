import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard, makeCertificate } from '@session-queue/testing';
import { Webhook } from 'standardwebhooks';
import { asText, CallbackLab, secrets } from '../support/callback-lab.ts';
import { type ProducerProcess, spawnProducer } from '../support/producer-process.ts';
import { Receiver, silence } from '../support/receiver.ts';

leakGuard();

let lab: CallbackLab;
let receiver: Receiver;
/** One without TLS. */
let plain: Receiver | undefined;
let folder: string;
let url: string;
let producers: ProducerProcess[];
beforeEach(async () => {
  lab = await CallbackLab.start();
  const certificate = await makeCertificate('localhost');
  receiver = await Receiver.start(certificate);
  folder = await mkdtemp(join(tmpdir(), 'session-queue-callbacks-'));
  await writeFile(join(folder, 'ca.pem'), certificate.cert);
  url = `https://localhost:${receiver.port}/hook?token=private`;
  producers = [];
});
afterEach(async () => {
  for (const { child } of producers) child.kill('SIGKILL');
  await Promise.all(producers.map(({ exited }) => exited));
  await lab.stop();
  await receiver.stop();
  await plain?.stop();
  plain = undefined;
  await rm(folder, { recursive: true });
});

async function producer(environment: Record<string, string> = {}): Promise<ProducerProcess> {
  const started = spawnProducer({
    PRODUCER_PORT: '0',
    REDIS_URL: lab.server.url,
    REDIS_PREFIX: lab.server.prefix,
    WEBHOOK_SECRET: asText(secrets[0]),
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8,::1/128',
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    ...environment,
  });
  producers.push(started);
  await started.logged('listening');
  return started;
}

describe('the producer as a process', () => {
  test('delivers over https, and ends a delivery before it ends itself on SIGTERM', async () => {
    const running = await producer();
    receiver.script.push((response) => {
      running.child.kill('SIGTERM');
      setTimeout(() => response.writeHead(204).end(), 300);
    });
    const id = await lab.ended(url);
    expect(await running.exited).toBe(0);
    expect((await lab.view(id)).callback).toMatchObject({ state: 'delivered', attempts: 1 });
    const [received] = receiver.received;
    new Webhook(asText(secrets[0])).verify(received?.body ?? '', received?.headers as Record<string, string>);
    expect(JSON.stringify(running.log)).not.toMatch(/hook\?|private/);
  }, 30_000);

  test('that is killed leaves its delivery to another, which tells of it under the same id', async () => {
    plain = await Receiver.start();
    plain.script.push(silence);
    const running = await producer();
    const id = await lab.ended(`http://localhost:${plain.port}/hook`);
    await plain.until(1, 20_000);
    running.child.kill('SIGKILL');
    await running.exited;
    // As if the time of its lock, and of its last look at others', had gone by.
    const lock = `${lab.queue.toKey((await lab.job(id)).id ?? '')}:lock`;
    await lab.redis.del(lock, lab.queue.toKey('stalled-check'));
    lab.deliverer();
    await lab.until(id, 'delivered', 20_000);
    expect(plain.received).toHaveLength(2);
    expect(new Set(plain.ids).size).toBe(1);
  }, 60_000);

  test('without a secret delivers nothing, and leaves it to those that have one', async () => {
    await producer({ WEBHOOK_SECRET: '' });
    const id = await lab.ended(url);
    await producer();
    await lab.until(id, 'delivered', 20_000);
    expect((await lab.view(id)).callback).toMatchObject({ attempts: 1 });
  }, 40_000);
});
