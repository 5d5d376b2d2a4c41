import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { eventually, factsOf, type ReceivedSpan, SpanReceiver } from '@session-queue/testing';
import { type Logger, pino } from 'pino';
import { batchSpan, requestSpan, startTracing, type Tracing } from '../src/index.ts';

const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const marker = 'fa1757ed';
const logged: string[] = [];
const logger: Logger = pino({ level: 'info' }, { write: (line) => void logged.push(line) });

let receiver: SpanReceiver;
let tracing: Tracing;

async function start(): Promise<Tracing> {
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint };
  const started = await startTracing({ app: 'worker', settings, logger });
  if (started === undefined) throw new Error('nothing is traced');
  return started;
}

/** Everything that was recorded, by name. */
async function sent(): Promise<Record<string, ReceivedSpan>> {
  await tracing.stop();
  return Object.fromEntries(receiver.spans.map((span) => [span.name, span]));
}

beforeEach(async () => {
  logged.length = 0;
  process.env.OTEL_BSP_SCHEDULE_DELAY = '50';
  receiver = await SpanReceiver.start();
  tracing = await start();
});

afterEach(async () => {
  delete process.env.OTEL_BSP_SCHEDULE_DELAY;
  delete process.env.OTEL_TRACES_SAMPLER;
  delete process.env.OTEL_TRACES_SAMPLER_ARG;
  await tracing.stop();
  await receiver.stop();
});

describe('tracing', () => {
  test('is off without an endpoint', async () => {
    expect(await startTracing({ app: 'worker', settings: {}, logger })).toBeUndefined();
  });

  test('puts a span where it belongs, with its time, its links and how it ended', async () => {
    const before = Date.now();
    const batch = batchSpan('batch', ['request'], false);
    tracing.record({ name: 'request', ms: 20, as: requestSpan('request') });
    tracing.record({ name: 'call', role: 'client', ms: 300, as: batch, below: batch.below, failed: true });
    const http = tracing.record({
      name: 'HTTP',
      role: 'server',
      ms: 1,
      below: caller,
      links: [requestSpan('request')],
    });
    const { request, call, HTTP } = await sent();
    expect(request).toMatchObject({ ...requestSpan('request'), kind: 1, status: { code: 0 } });
    expect(request?.parentSpanId).toBeUndefined();
    expect(call).toMatchObject({
      traceId: request?.traceId,
      spanId: batch.spanId,
      parentSpanId: request?.spanId,
      kind: 3,
      status: { code: 2 },
    });
    const [from, to] = [call?.startTimeUnixNano, call?.endTimeUnixNano].map((nanos) => Number(nanos) / 1e6);
    expect(Number(to) - Number(from)).toBeCloseTo(300, 0);
    expect(Number(to)).toBeGreaterThanOrEqual(before);
    expect(HTTP).toMatchObject({
      traceId: caller.slice(3, 35),
      parentSpanId: caller.slice(36, 52),
      spanId: http.spanId,
    });
    expect(HTTP?.links).toMatchObject([requestSpan('request')]);
  });

  test.each(['', 'garbage', `${caller}-more`, '00-00000000000000000000000000000000-0000000000000000-01'])(
    'begins a trace where the traceparent is %p',
    async (below) => {
      tracing.record({ name: 'HTTP', ms: 1, below, as: requestSpan('request') });
      const { HTTP } = await sent();
      expect(HTTP?.traceId).toBe(requestSpan('request').traceId);
    },
  );

  test('sends of a trace all or nothing, whichever process looks, and by the share that is asked for', async () => {
    await tracing.stop();
    process.env.OTEL_TRACES_SAMPLER = 'parentbased_traceidratio';
    process.env.OTEL_TRACES_SAMPLER_ARG = '0.5';
    const ids = Array.from({ length: 200 }, (_, i) => `request-${i}`);
    tracing = await start();
    for (const id of ids) tracing.record({ name: 'request', ms: 1, as: requestSpan(id) });
    await tracing.stop();
    tracing = await start();
    for (const id of ids) {
      const batch = batchSpan(id, [id], false);
      tracing.record({ name: 'call', ms: 1, as: batch, below: batch.below });
    }
    await tracing.stop();
    const tracesOf = (name: string) =>
      receiver.spans.filter((span) => span.name === name).map(({ traceId }) => traceId);
    const [requests, calls] = [tracesOf('request'), tracesOf('call')];
    expect(calls).toEqual(requests);
    expect(requests.length).toBeGreaterThan(60);
    expect(requests.length).toBeLessThan(140);
  });

  test('says once that the receiver is away, and that it is back', async () => {
    receiver.answer = (response) => response.writeHead(400).end();
    tracing.record({ name: 'call', ms: 1 });
    await eventually(() => Promise.resolve(logged.length > 0 || undefined));
    tracing.record({ name: 'call', ms: 1 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    receiver.answer = undefined;
    tracing.record({ name: 'settle', ms: 1 });
    expect((await sent()).settle).toBeDefined();
    expect(logged.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      expect.stringContaining('traces cannot be sent'),
      'traces are sent again',
    ]);
  });

  test('holds up no stop for a receiver that is silent', async () => {
    receiver.answer = () => undefined;
    tracing.record({ name: 'call', ms: 1 });
    const startedAt = performance.now();
    await tracing.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('what leaves the process', () => {
  test('is what is listed: of others no name, attribute, event, message or state (invariant 9)', async () => {
    const state = { get: () => marker, serialize: () => `x=${marker}`, set: () => state, unset: () => state };
    const other = { ...requestSpan('other'), traceFlags: 1, traceState: state };
    const span = trace.getTracer('another').startSpan(`process deletion.requests ${marker}`, {
      attributes: {
        'bullmq.job.id': marker,
        'bullmq.queue.name': 'deletion.requests',
        'bullmq.queue.operation': 'process',
        [marker]: 1,
        'http.url': marker,
      },
      links: [{ context: other, attributes: { 'link.note': marker } }],
    });
    span.addEvent(marker, { text: marker });
    span.recordException(new Error(marker));
    span.setStatus({ code: SpanStatusCode.ERROR, message: marker });
    span.end();
    const places = ['deletion.batches', marker].map((queue) => ({
      'bullmq.queue.name': queue,
      'bullmq.queue.operation': 'add',
    }));
    for (const attributes of [{}, ...places, { ...places[1], 'bullmq.queue.operation': marker }])
      trace.getTracer('another').startSpan(marker, { attributes }).end();
    await tracing.stop();
    const [named, ...more] = receiver.spans;
    expect(more).toEqual([]);
    expect(named).toMatchObject({ name: 'BullMQ process deletion.requests', status: { code: 2 } });
    expect(named && factsOf(named)).toEqual({});
    expect(named?.links).toMatchObject([requestSpan('other')]);
    expect(receiver.bodies.join()).not.toContain(marker);
  });
});
