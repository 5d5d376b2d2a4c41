import { bullPrefix, maxItemsPerPlainJob, queueNames, SessionQueueClient } from '@session-queue/core';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { randomIds, repeatsIn, requestIds } from './random-ids.ts';

const prefix = 'session-queue';
/** addBulk is one transaction: chunks of this size are what people use. */
const jobsPerAdd = 1_000;

/** One way of handing requests over. `prepare` is not timed, `send` is; it resolves once the request is safe. */
export interface Sender<Prepared> {
  prepare(): Prepared;
  send(prepared: Prepared): Promise<void>;
  /** Waits until all of it has been taken in, where that comes later. */
  settled?(requests: number): Promise<void>;
  close(): Promise<void>;
}

/** Who asks, and for how many ids in a request. */
interface Asked {
  consumer: string;
  size: number;
  /** Address of the producer, for the way over HTTP. */
  producer: string;
}

export type MakeSender<Prepared> = (redis: Redis, asked: Asked) => Sender<Prepared>;

function checkCounts({ total, duplicates }: { total: number; duplicates: number }, size: number): void {
  const repeats = repeatsIn(size);
  if (total === size - repeats && duplicates === repeats) return;
  throw new Error(`of ${size} ids, ${repeats} of them twice, it counted ${total} and ${duplicates} duplicates`);
}

/** Through the library, with all ids in an array. */
export function arraySender(redis: Redis, { consumer, size }: Asked): Sender<string[]> {
  const client = new SessionQueueClient({ redis });
  return {
    prepare: () => [...requestIds(size)],
    send: async (sessionIds) => checkCounts((await client.deleteSessions({ consumer, sessionIds })).counts, size),
    close: () => client.close(),
  };
}

async function* inTime(ids: Iterable<string>): AsyncGenerator<string> {
  for (const id of ids) yield id;
}

/** Through the library, with ids that are made while they are taken in. */
export function iterableSender(redis: Redis, { consumer, size }: Asked): Sender<AsyncIterable<string>> {
  const client = new SessionQueueClient({ redis });
  return {
    prepare: () => inTime(requestIds(size)),
    send: async (sessionIds) => checkCounts((await client.deleteSessions({ consumer, sessionIds })).counts, size),
    close: () => client.close(),
  };
}

const acceptedSchema = z.object({ counts: z.object({ total: z.number(), duplicates: z.number() }) });

/** To the producer as lines that are made while they are sent. */
function streamSender(contentType: string, lineOf: (id: string) => string): MakeSender<ReadableStream> {
  return (_, { consumer, size, producer }) => ({
    prepare: () => ReadableStream.from(linesInTime(requestIds(size), lineOf)),
    send: async (body) => {
      const headers = { 'content-type': contentType };
      const init = { method: 'POST', headers, body, duplex: 'half' } as const;
      await checkAccepted(await fetch(`${producer}/v1/deletions?consumer=${consumer}`, init), size);
    },
    close: async () => undefined,
  });
}

export const csvSender = streamSender('text/csv', (id) => `${id}\n`);
export const ndjsonSender = streamSender('application/x-ndjson', (id) => `"${id}"\n`);

const linesAtOnce = 1_000;

async function* linesInTime(ids: Iterable<string>, lineOf: (id: string) => string): AsyncGenerator<Uint8Array> {
  let lines: string[] = [];
  for (const id of ids) {
    lines.push(lineOf(id));
    if (lines.length < linesAtOnce) continue;
    yield Buffer.from(lines.join(''));
    lines = [];
  }
  if (lines.length > 0) yield Buffer.from(lines.join(''));
}

async function checkAccepted(response: Response, size: number): Promise<void> {
  const answer: unknown = await response.json();
  if (response.status !== 202) throw new Error(`HTTP ${response.status}: ${JSON.stringify(answer)}`);
  checkCounts(acceptedSchema.parse(answer).counts, size);
}

/** As JSON to the producer. */
export function httpSender(_: Redis, { consumer, size, producer }: Asked): Sender<string> {
  return {
    prepare: () => JSON.stringify({ consumer, sessionIds: [...requestIds(size)] }),
    send: async (body) => {
      const headers = { 'content-type': 'application/json' };
      await checkAccepted(await fetch(`${producer}/v1/deletions`, { method: 'POST', headers, body }), size);
    },
    close: async () => undefined,
  };
}

/** As any BullMQ client may: a job with the ids, which a worker takes in. */
export function rawSender(redis: Redis, { consumer, size }: Asked): Sender<string[]> {
  if (size > maxItemsPerPlainJob) throw new RangeError(`a plain job holds at most ${maxItemsPerPlainJob} ids`);
  const queue = new Queue(queueNames.deletion.requests, { connection: redis, prefix: bullPrefix(prefix) });
  const before = queue.getDelayedCount();
  return {
    prepare: () => [...requestIds(size)],
    send: async (sessionIds) => {
      await before;
      await queue.add('delete', { consumer, sessionIds }, { jobId: crypto.randomUUID() });
    },
    // A request that has been taken in sleeps as a delayed job.
    settled: async (requests) => {
      const wanted = (await before) + requests;
      while ((await queue.getDelayedCount()) < wanted) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    close: () => queue.close(),
  };
}

/** Peer (b): a job per session id. No id of its own for a job: that is the cheapest, and finds no duplicates. */
export function jobPerIdSender(redis: Redis, { consumer, size }: Asked): Sender<string[]> {
  const queue = new Queue(`job-per-id-${consumer}`, { connection: redis });
  return {
    prepare: () => [...randomIds(size)],
    send: async (ids) => {
      for (let from = 0; from < ids.length; from += jobsPerAdd) {
        const chunk = ids.slice(from, from + jobsPerAdd);
        await queue.addBulk(chunk.map((sessionId) => ({ name: 'delete', data: { sessionId } })));
      }
    },
    close: () => queue.close(),
  };
}
