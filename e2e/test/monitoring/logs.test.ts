import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FakeLearnosity, startFakeLearnosity } from '@session-queue/fake-learnosity';
import {
  eventually,
  factsOf,
  freePort,
  type ReceivedSpan,
  type RedisServer,
  SpanReceiver,
  startRedis,
} from '@session-queue/testing';
import { requestSpan } from '@session-queue/tracing';
import { z } from 'zod';
import { Child } from '../../src/world/child.ts';
import { LogBook } from '../../src/world/log-book.ts';
import { ownRelease } from '../../src/world/release.ts';

/** In every session id, submission, secret and token; valid in base64 as well. */
const marker = 'fa1757ed';
const secret = `${marker}-secret`;
const token = `${marker}-token`;
const idsOf = (group: number) =>
  Array.from({ length: 60 }, (_, i) => `${marker}-000${group}-4000-8000-${String(i).padStart(12, '0')}`);
const submissionOf = (i: number) => Buffer.from(`{"session":"${i}"}`).toString('base64').padStart(64, marker);

/** Fields of every line, and the types of those that lines share: docs/logs.md. */
const lineSchema = z.looseObject({
  level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']),
  time: z.iso.datetime(),
  pid: z.int(),
  hostname: z.string(),
  name: z.enum(['worker', 'producer', 'dashboard']),
  msg: z.string().min(1),
  consumer: z.string().optional(),
  kind: z.enum(['deletion', 'resubmission']).optional(),
  request: z.string().optional(),
  batch: z.string().optional(),
  queue: z.string().optional(),
  code: z.union([z.string(), z.int()]).optional(),
  err: z.looseObject({ type: z.string(), message: z.string() }).optional(),
});

let redis: RedisServer;
let fake: FakeLearnosity;
let receiver: SpanReceiver;
let producer: string;
const log = new LogBook();
const children: Child[] = [];
const told: string[] = [];
const requests: string[] = [];

function start(name: string, script: string, env: Record<string, string>): Child {
  const traces = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint, OTEL_BSP_SCHEDULE_DELAY: '200' };
  const common = { REDIS_URL: redis.url, LOG_LEVEL: 'trace', ...traces };
  const child = new Child({ name, script, env: { ...common, ...env }, log });
  children.push(child);
  return child;
}

async function startWorker(): Promise<{ child: Child; port: number }> {
  const port = await freePort();
  const child = start('worker', ownRelease.workerScript, {
    WORKER_PORT: String(port),
    LEARNOSITY_CONSUMER_KEY: 'key',
    LEARNOSITY_CONSUMER_SECRET: secret,
    LEARNOSITY_DOMAIN: 'example.com',
    LEARNOSITY_BASE_URL: fake.url,
  });
  await child.says('the worker runs', 60_000);
  return { child, port };
}

const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
const idSchema = z.object({ id: z.string() });
const stateSchema = z.object({ state: z.string() });

async function ask(path: 'deletions' | 'resubmissions', body: unknown): Promise<string> {
  const answer = await fetch(`${producer}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const { id } = idSchema.parse(await answer.json());
  requests.push(id);
  return id;
}

async function ended(id: string): Promise<string> {
  return await eventually(
    async () => {
      const { state } = stateSchema.parse(await (await fetch(`${producer}/v1/requests/${id}`, { headers })).json());
      return ['completed', 'failed', 'cancelled'].includes(state) ? state : undefined;
    },
    { timeoutMs: 60_000 },
  );
}

async function note(port: number): Promise<void> {
  told.push(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
}

beforeAll(async () => {
  redis = await startRedis();
  receiver = await SpanReceiver.start();
  const consumers = [{ key: 'key', secret, domains: ['example.com'] }];
  fake = await startFakeLearnosity({ consumers, jobMs: { min: 10, max: 50 }, quotas: { deletion: null } });
  const [port, metricsPort] = [await freePort(), await freePort()];
  producer = `http://127.0.0.1:${port}`;
  const api = start('producer', ownRelease.producerScript, {
    PRODUCER_PORT: String(port),
    PRODUCER_HOST: '127.0.0.1',
    PRODUCER_API_KEYS: `tests:${token}`,
    METRICS_PORT: String(metricsPort),
  });
  await api.says('"listening"', 60_000);
  const first = await startWorker();

  // Success, and an item that Learnosity refuses by its name.
  const [bad = ''] = idsOf(2);
  fake.script({ fault: 'error', match: { holding: [bad] }, status: 400, code: 20000, message: `no such id ${bad}` });
  expect(await ended(await ask('deletions', { sessionIds: idsOf(1) }))).toBe('completed');
  expect(await ended(await ask('deletions', { sessionIds: idsOf(2) }))).toBe('failed');

  // Bad input, in the body, the address and the token.
  const post = (path: string, body: string) => fetch(`${producer}${path}`, { method: 'POST', headers, body });
  await post('/v1/deletions', `{"sessionIds":["${bad}"`);
  await post('/v1/deletions', JSON.stringify({ sessionIds: [`${bad} ${bad}`, 7], [bad]: bad }));
  await post('/v1/resubmissions', JSON.stringify({ submissions: [`${marker}!`] }));
  await fetch(`${producer}/v1/sessions/${bad}?${bad}=${bad}`, { headers });
  await fetch(`${producer}/${bad}`, { headers });
  await fetch(`${producer}/v1/requests/${bad}`, { headers: { Authorization: `Bearer ${marker}-wrong` } });
  const wrong = start('worker with wrong settings', ownRelease.workerScript, { LEARNOSITY_CONSUMER_SECRET: secret });
  expect((await wrong.ended).code).toBe(78);
  const consumersFile = join(tmpdir(), `session-queue-logs-${process.pid}.json`);
  await writeFile(consumersFile, `{"north": {"key": "key", "secret": "${secret}", `);
  const broken = start('worker with a broken file', ownRelease.workerScript, { CONSUMERS_FILE: consumersFile });
  expect((await broken.ended).code).toBe(78);
  await rm(consumersFile);

  // A crash in the midst of a call, of which another worker makes the best.
  const hanging = fake.script({ fault: 'hang', match: { endpoint: 'deletion' }, times: 1 });
  const interrupted = await ask('deletions', { sessionIds: idsOf(3) });
  await eventually(() => hanging.struck() === 1, { timeoutMs: 20_000 });
  await note(first.port);
  await first.child.end('SIGKILL');
  const second = await startWorker();
  expect(await ended(interrupted)).toBe('completed');

  // A fault of the consumer, in words that hold what they should not.
  fake.script({ fault: 'error', match: { endpoint: 'resubmission' }, status: 403, code: 41001, message: secret });
  await ask('resubmissions', { submissions: [submissionOf(1), submissionOf(2)] });
  await second.child.says('the lane is stopped', 30_000);
  await note(second.port);
  await note(metricsPort);
}, 180_000);
afterAll(async () => {
  await Promise.all(children.map((child) => child.end('SIGKILL')));
  await fake?.close();
  await receiver?.stop();
  await redis?.stop();
});

const parsed = () =>
  log.lines.filter(({ text }) => text.startsWith('{')).map(({ text }) => JSON.parse(text) as unknown);

describe('the logs, through success, failures, bad input and a crash', () => {
  test('hold no session id, submission, secret or token, and no metric does', () => {
    // Learnosity's words are there, without what they held.
    for (const words of ['no such id <item>', '"reason":"<secret>"', 'a lease ran out', 'CONSUMERS_FILE is not JSON']) {
      expect(log.lines.some(({ text }) => text.includes(words))).toBe(true);
    }
    expect(log.lines.filter(({ text }) => text.includes(marker))).toEqual([]);
    expect(told).toHaveLength(3);
    for (const page of told) {
      expect(page).toContain('session_queue_build_info');
      expect(page).not.toContain(marker);
    }
  });

  test('have the fields of docs/logs.md in every line', () => {
    const faults = parsed().flatMap((line) => {
      const { error } = lineSchema.safeParse(line);
      return error === undefined ? [] : [{ line, faults: error.issues }];
    });
    expect(faults).toEqual([]);
  });

  test('name requests and batches in fields of their own wherever they speak of one', () => {
    const lines = parsed().map((line) => lineSchema.parse(line));
    const batches = new Set(lines.flatMap(({ batch }) => (batch === undefined ? [] : [batch])));
    expect(batches.size).toBeGreaterThan(0);
    for (const id of requests) expect(lines.some(({ request }) => request === id)).toBe(true);
    const speaks = (line: unknown, id: string) => JSON.stringify(line).includes(id);
    const unnamed = lines.filter(
      (line) =>
        requests.some((id) => speaks(line, id) && line.request !== id) ||
        [...batches].some((id) => speaks(line, id) && line.batch !== id),
    );
    expect(unnamed).toEqual([]);
  });
});

describe('the traces of the same', () => {
  const spansOf = (trace: string): ReceivedSpan[] => receiver.spans.filter(({ traceId }) => traceId === trace);

  test('lead from the HTTP request through batch and call to the settling, under ids that follow from the request', async () => {
    const [id = ''] = requests;
    const begin = requestSpan(id);
    const own = await eventually(() => {
      const spans = spansOf(begin.traceId);
      return Promise.resolve(spans.some(({ name }) => name === 'settle') ? spans : undefined);
    });
    const named = (name: string) => own.filter((span) => span.name === name);
    const [http] = named('POST /v1/deletions');
    expect(http).toMatchObject({ spanId: begin.spanId, kind: 2, status: { code: 0 } });
    expect(http && factsOf(http)).toMatchObject({ 'session_queue.request.id': id, 'http.response.status_code': 202 });
    const [call, ...otherCalls] = named('call');
    expect(otherCalls).toEqual([]);
    expect(call).toMatchObject({ parentSpanId: begin.spanId, kind: 3 });
    // Of 60 items 50 are a batch that is full, which has a trace of its own.
    expect(call && factsOf(call)).toMatchObject({ 'session_queue.items': 10, 'session_queue.result': 'accepted' });
    const [job] = named('job');
    expect(job).toMatchObject({ parentSpanId: call?.spanId });
    expect(named('settle')).toMatchObject([{ parentSpanId: job?.spanId }]);
    const [added] = named('BullMQ add deletion.requests');
    expect(added).toMatchObject({ parentSpanId: begin.spanId });
    const taken = named('BullMQ process deletion.requests');
    expect(taken.length).toBeGreaterThan(0);
    for (const span of taken) expect(span).toMatchObject({ parentSpanId: added?.spanId });

    const linked = receiver.spans.filter(({ links = [] }) => links.some(({ spanId }) => spanId === begin.spanId));
    const full = linked.filter(({ name }) => name === 'call');
    expect(full.map((span) => factsOf(span)['session_queue.items'])).toEqual([50]);
    for (const { traceId } of full) {
      expect(spansOf(traceId).map(({ name }) => name)).toEqual(expect.arrayContaining(['call', 'job', 'settle']));
    }
  });

  test('show calls that failed, and why', async () => {
    const results = await eventually(() => {
      const failed = receiver.spans.filter((span) => span.name === 'call' && span.status.code === 2);
      const found = new Set(failed.map((span) => factsOf(span)['session_queue.result']));
      return Promise.resolve(found.has('consumer') ? found : undefined);
    });
    expect(results).toEqual(new Set(['item', 'consumer']));
  });

  test('hold no session id, submission, secret or token', () => {
    expect(receiver.bodies.length).toBeGreaterThan(0);
    expect(receiver.bodies.filter((body) => body.includes(marker))).toEqual([]);
  });
});
