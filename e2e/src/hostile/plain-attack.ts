import { bullPrefix, itemsField, type Kind, kinds, queueNames } from '@session-queue/core';
import { eventually } from '@session-queue/testing';
import { Queue } from 'bullmq';
import { z } from 'zod';
import type { Ask } from '../load/asks.ts';
import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';
import { jsonOf, markerIn } from './check-answer.ts';
import { type JobEnd, lookAtJob } from './job-end.ts';
import { fillPlaces, nothingKnown } from './places.ts';
import { describePlainCase, type PlainCase, plainCases } from './plain-cases.ts';
import { type CasesRun, runCases } from './run-cases.ts';

const listSchema = z.array(z.string());
const notesSchema = z.object({
  consumer: z.string().default('default'),
  ignoreResponseRevisions: z.boolean().default(false),
});

/** A job whose worker has lost it is taken up again after 30 s. */
const endsWithinMs = 25_000;

/** Adds made-up plain jobs, and looks at what intake makes of each. */
export async function attackPlainJobs(world: World, random: Random, count: number): Promise<CasesRun> {
  const queue = (kind: Kind) =>
    new Queue(queueNames[kind].requests, { connection: world.redisClient, prefix: bullPrefix('session-queue') });
  const queues: Record<Kind, Queue> = { deletion: queue('deletion'), resubmission: queue('resubmission') };
  try {
    return await runCases({
      name: 'plain job',
      seed: random.between(0, 2 ** 31 - 1),
      count,
      atOnce: 12,
      cases: plainCases(world.consumers.map(({ name }) => name)),
      check: (one) => attackOnce(world, queues[one.kind], one),
      describe: describePlainCase,
    });
  } finally {
    await Promise.all(kinds.map((kind) => queues[kind].close()));
  }
}

async function attackOnce(world: World, queue: Queue, template: PlainCase): Promise<string | undefined> {
  const one: PlainCase = { ...template, ...filled(template) };
  const id = await addJob(world, queue, one);
  let end: JobEnd = { is: 'open', state: 'unknown' };
  await eventually(
    async () => {
      end = await lookAtJob(world.redisClient, queue, id);
      return end.is !== 'open';
    },
    { timeoutMs: endsWithinMs, intervalMs: 40 },
  ).catch(() => undefined);
  return await judge(world, queue, { ...one, jobId: id }, end);
}

/** One number for all places of a job, so that data may speak of the job's own id. */
function filled({ jobId, data }: PlainCase): { jobId: string | undefined; data: string } {
  const separator = '\u0002';
  const [id = '', text = ''] = fillPlaces(`${jobId ?? ''}${separator}${data}`, nothingKnown).split(separator);
  return { jobId: jobId === undefined ? undefined : id, data: text };
}

async function addJob({ redisClient }: World, queue: Queue, one: PlainCase): Promise<string> {
  const { name, jobId, data, opts, isRaw } = one;
  if (!isRaw) {
    const job = await queue.add(name, jsonOf(data), { ...opts, ...(jobId === undefined ? {} : { jobId }) });
    return job.id ?? '';
  }
  const id = jobId ?? '';
  await redisClient
    .multi()
    .hset(queue.toKey(id), { name, data, opts: JSON.stringify(opts), timestamp: Date.now(), delay: 0, priority: 0 })
    .lpush(queue.toKey('wait'), id)
    .zadd(queue.toKey('marker'), 0, '0')
    .exec();
  return id;
}

async function judge(world: World, queue: Queue, one: PlainCase, end: JobEnd): Promise<string | undefined> {
  const asked = askedFor(one);
  const isGood = one.changes.length === 0 && one.name !== '';
  if (end.is === 'open') return `it is ${end.state} after ${endsWithinMs / 1_000} s`;
  if (end.is === 'waiting') {
    await queue.remove(one.jobId ?? '');
    return world.consumers.some(({ name }) => name === end.consumer)
      ? 'it waits, and its consumer is known'
      : undefined;
  }
  if (end.is === 'removed') {
    const view = await world.client.getRequest(one.jobId ?? '');
    if (asked !== undefined)
      register(world, asked, view === undefined || view.error !== undefined ? undefined : view.id);
    return undefined;
  }
  const marker = markerIn(end.left);
  if (marker !== undefined) return `it is ${end.is}, and '${marker}' is left of it`;
  if (end.is === 'refused') return isGood ? `nothing is wrong with it, and it was refused: ${end.reason}` : undefined;
  if (asked === undefined) return 'it was taken in, and asks for nothing';
  register(world, asked, end.request);
  return undefined;
}

/** What a job's data asks for; `undefined` when it is no request for items. */
function askedFor({ kind, data, jobId = '' }: PlainCase): Ask | undefined {
  const body = jsonOf(data);
  const notes = notesSchema.safeParse(body).data;
  if (notes === undefined || typeof body !== 'object' || body === null) return undefined;
  const items = listSchema.safeParse(Object.entries(body).find(([name]) => name === itemsField[kind])?.[1]).data;
  if (items === undefined || items.length === 0) return undefined;
  const { consumer, ignoreResponseRevisions: ignoring } = notes;
  return { name: jobId, way: 'plain', kind, consumer, ignoring, items, bad: new Set() };
}

/** Of one that is gone it is open whether it was taken in. */
function register(world: World, ask: Ask, request: string | undefined): void {
  const outcome = request === undefined ? 'unknown' : 'promised';
  world.load.deliveries.push({ ask, outcome, request, total: undefined, heard: [outcome] });
}
