import { randomUUID } from 'node:crypto';
import { consumerNameSchema, defaultConsumer, type Kind, Refusal, requestNotesSchema } from '@session-queue/core';
import {
  type Announcements,
  acceptedJob,
  type BusyConsumers,
  type ConsumerKeys,
  ensureCallback,
  type RequestIndex,
  readRequest,
  recordRefusal,
  storeRequest,
} from '@session-queue/core/engine';
import type { Job, Queue } from 'bullmq';
import type { Logger } from 'pino';
import { z } from 'zod';
import { failedJob } from '../settle/failed-job.ts';
import { type PlainRequest, parsePlainJob } from './parse-plain-job.ts';

const unknownConsumerMs = 15_000;
const memoryShortMs = 5_000;
const inProgressMs = 5_000;

/** What is left of the data of a job that was refused. */
const refusedSchema = z.strictObject({ consumer: consumerNameSchema, refused: z.string() });

export interface PlainJobsOptions {
  keysOf: (consumer: string) => ConsumerKeys;
  index: RequestIndex;
  busy: BusyConsumers;
  announcements: Announcements;
  callbacks: Queue;
  retentionMs: number;
  /** Puts their session ids into the index of sessions; not when absent. */
  sessionIndex?: boolean;
  /** How long a deletion may take that comes without a deadline; as long as it likes when absent or `null`. */
  deletionTermMs?: number | null;
  logger: Logger;
}

export type Admission = { accepted: { request: string; consumer: string } } | { waitMs: number };

/**
 * Takes in what any BullMQ client may add: validates it, moves its items into Redis lists and scrubs them from the job, whether
 * it is accepted or refused (invariant 9). Every step may run again after a crash.
 */
export class PlainJobs {
  readonly #options: PlainJobsOptions;

  constructor(options: PlainJobsOptions) {
    this.#options = options;
  }

  async admit(kind: Kind, job: Job): Promise<Admission> {
    const id = job.id ?? '';
    // Such an id could not be looked up, and would break whatever shows it.
    if (!/^\P{Cc}{1,255}$/u.test(id)) throw await this.#scrub(job, defaultConsumer, idFault);
    const refused = refusedSchema.safeParse(job.data).data;
    if (refused !== undefined && (await this.#wasRefused(id, refused))) throw failedJob(refused.refused);
    const parsed = parsePlainJob(kind, job.data);
    if ('fault' in parsed) return await this.#refuse(kind, job, parsed.fault);
    const { consumer } = parsed;
    const known = await this.#options.announcements.names();
    if (!known.includes(consumer)) {
      await job.updateProgress({ waitsFor: `a worker that knows the consumer '${consumer}'` });
      this.#options.logger.warn({ kind, job: job.id, consumer }, 'a job waits for a worker that knows its consumer');
      return { waitMs: unknownConsumerMs };
    }
    const request = await this.#requestId(job, parsed.request);
    const place = await this.#options.index.reserve(request, { kind, consumer });
    if (place.kind !== kind || place.consumer !== consumer) return await this.#refuse(kind, job, takenFault);
    return await this.#store(kind, job, request, parsed);
  }

  async #store(kind: Kind, job: Job, id: string, plain: PlainRequest): Promise<Admission> {
    const { consumer, items, ignoring, notes } = plain;
    const keys = this.#options.keysOf(consumer);
    const jobId = job.id === id ? undefined : job.id;
    await this.#options.busy.mark(consumer);
    try {
      const { sessionIndex: indexed, deletionTermMs: termMs } = this.#options;
      await storeRequest(keys, { id, kind, ignoring, items, notes, jobId, indexed, termMs });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'memory_short') return { waitMs: memoryShortMs };
      if (error.code === 'in_progress') return { waitMs: inProgressMs };
      return await this.#refuse(kind, job, error.code === 'id_taken' ? takenFault : error.message);
    }
    await this.#options.index.keep(keys, id, kind);
    const view = await readRequest(keys, id);
    if (view === undefined) throw new Error(`request ${id} vanished after its seal`);
    const given: unknown = job.data;
    await job.updateData(acceptedJob(view));
    // A Redis that came back without its last moments may have forgotten the request, and not the step after it.
    if ((await readRequest(keys, id)) === undefined) {
      await job.updateData(given);
      throw new Error(`request ${id} was forgotten while its job was taken in`);
    }
    return { accepted: { request: id, consumer } };
  }

  /** A job that BullMQ numbered gets an id of ours, kept in its data before anything is stored under it. */
  async #requestId(job: Job, given: string | undefined): Promise<string> {
    if (job.id !== undefined && !/^\d+$/.test(job.id)) return job.id;
    if (given !== undefined) return given;
    const request = randomUUID();
    await job.updateData({ ...job.data, request });
    return request;
  }

  async #refuse(kind: Kind, job: Job, reason: string): Promise<never> {
    const { keysOf, index, callbacks, retentionMs, logger } = this.#options;
    const named = consumerNameSchema.safeParse(fieldOf(job.data, 'consumer')).data ?? defaultConsumer;
    const callbackUrl = requestNotesSchema.shape.callbackUrl.safeParse(fieldOf(job.data, 'callbackUrl')).data;
    const id = job.id ?? '';
    const keys = keysOf(named);
    // The record first, and who is told of it: once the data is scrubbed nothing else knows the reason.
    const place = await index.reserve(id, { kind, consumer: named });
    if (place.kind === kind && place.consumer === named) {
      const refusal = { reason, kind, callbackUrl, retentionMs };
      if (await recordRefusal(keys, id, refusal)) await index.expire(id, retentionMs);
      await ensureCallback(callbacks, keys, id);
    }
    logger.warn({ kind, job: id, reason }, 'a job was refused at intake; nothing of it is sent');
    throw await this.#scrub(job, named, reason);
  }

  /** Takes everything private out of a refused job; answers with the error that ends it. */
  async #scrub(job: Job, consumer: string, reason: string): Promise<Error> {
    await job.updateData({ consumer, refused: reason });
    return failedJob(reason);
  }

  async #wasRefused(id: string, { consumer, refused }: z.infer<typeof refusedSchema>): Promise<boolean> {
    if (refused === takenFault || refused === idFault) return true;
    return (await readRequest(this.#options.keysOf(consumer), id))?.error === refused;
  }
}

const idFault = 'its id must have 1 to 255 characters and no control character';
const takenFault = 'its id belongs to a request with other content';

function fieldOf(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null && name in data
    ? (data as Record<string, unknown>)[name]
    : undefined;
}
