// One side of 'taking in', as a process of its own so that its peak memory is its own: sends requests and says what they cost.
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { type ClientReport, clientSettingsSchema, type LoadSize, type Way } from './client-report.ts';
import { peakMemory } from './peak-memory.ts';
import { beginCounting, commandCosts, keepNoSlowlog, redisCpuSeconds, settledMemory, stalls } from './redis-facts.ts';
import {
  arraySender,
  csvSender,
  httpSender,
  iterableSender,
  jobPerIdSender,
  type MakeSender,
  ndjsonSender,
  rawSender,
  type Sender,
} from './senders.ts';

/** Requests under way at once, as a service with some traffic has them. */
const atOnce = 32;

const text = { type: 'string' } as const;
const options = { redis: text, way: text, loads: text, consumer: text, producer: text };
const settings = clientSettingsSchema.parse(parseArgs({ options }).values);
const redis = new Redis(settings.redis, { maxRetriesPerRequest: null });

async function measure<Prepared>(make: MakeSender<Prepared>): Promise<void> {
  await keepNoSlowlog(redis);
  // The first request of a process compiles and loads what the others find.
  const first = make(redis, { ...settings, size: 1 });
  await first.send(first.prepare());
  await first.settled?.(1);
  await first.close();
  const reports: ClientReport[] = [];
  for (const load of settings.loads) reports.push(await measureLoad(make(redis, { ...settings, ...load }), load));
  redis.disconnect();
  console.log(JSON.stringify(reports));
}

async function measureLoad<Prepared>(sender: Sender<Prepared>, { requests }: LoadSize): Promise<ClientReport> {
  const prepared = Array.from({ length: requests }, () => sender.prepare());
  const bytesBefore = await settledMemory(redis);
  await beginCounting(redis);
  const cpuBefore = process.cpuUsage();
  const redisCpuBefore = await redisCpuSeconds(redis);
  const startedAt = performance.now();
  const queue = prepared.values();
  const line = async () => {
    for (const one of queue) await sender.send(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, requests) }, line));
  await sender.settled?.(requests);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuSeconds = (user + system) / 1_000_000;
  const redisCpu = (await redisCpuSeconds(redis)) - redisCpuBefore;
  const [commands, stalled] = await Promise.all([commandCosts(redis), stalls(redis)]);
  const bytesAfter = await settledMemory(redis);
  await sender.close();
  const processPeak = peakMemory(process.pid);
  return {
    seconds,
    cpuSeconds,
    redisCpuSeconds: redisCpu,
    bytesBefore,
    bytesAfter,
    commands,
    stalls: stalled,
    processPeak,
  };
}

const measured: Record<Way, () => Promise<void>> = {
  array: () => measure(arraySender),
  iterable: () => measure(iterableSender),
  http: () => measure(httpSender),
  'http-csv': () => measure(csvSender),
  'http-ndjson': () => measure(ndjsonSender),
  raw: () => measure(rawSender),
  'job-per-id': () => measure(jobPerIdSender),
};
await measured[settings.way]();
