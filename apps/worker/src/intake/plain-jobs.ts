import { randomUUID } from 'node:crypto';
import {
  consumerNameSchema,
  defaultConsumer,
  itemFault,
  type Kind,
  maxItemsPerPlainJob,
  maxPlainJobBytes,
  Refusal,
  requestNotesSchema,
} from '@session-queue/core';
import {
  type Announcements,
  acceptedJob,
  type BusyConsumers,
  type ConsumerKeys,
  type RequestIndex,
  readRequest,
  recordRefusal,
  storeRequest,
} from '@session-queue/core/engine';
import type { Job } from 'bullmq';
import type { Logger } from 'pino';
import { z } from 'zod';
import { failedJob } from '../settle/failed-job.ts';

const unknownConsumerMs = 15_000;
const memoryShortMs = 5_000;
const inProgressMs = 5_000;

/** The request's id that a job which BullMQ numbered gets from us. */
const requestId = z.uuid().optional();
const plainSchema = {
  deletion: requestNotesSchema.extend({ request: requestId, sessionIds: z.array(z.unknown()) }),
  resubmission: requestNotesSchema.extend({
    request: requestId,
    submissions: z.array(z.unknown()),
    ignoreResponseRevisions: z.boolean().optional(),
  }),
};
const refusedSchema = z.object({ refused: z.string() });

export interface PlainJobsOptions {
  keysOf: (consumer: string) => ConsumerKeys;
  index: RequestIndex;
  busy: BusyConsumers;
  announcements: Announcements;
  retentionMs: number;
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
    const refused = refusedSchema.safeParse(job.data).data;
    if (refused !== undefined) throw failedJob(refused.refused);
    const parsed = parsePlainJob(kind, job.data);
    if ('fault' in parsed) return await this.#refuse(kind, job, parsed.fault);
    const { consumer } = parsed;
    const known = await this.#options.announcements.names();
    if (!known.includes(consumer)) {
      await job.updateProgress({ waitsFor: `a worker that knows the consumer '${consumer}'` });
      this.#options.logger.warn({ kind, job: job.id, consumer }, 'a job waits for a worker that knows its consumer');
      return { waitMs: unknownConsumerMs };
    }
    const id = await this.#requestId(job, parsed.request);
    const place = await this.#options.index.reserve(id, { kind, consumer });
    if (place.kind !== kind || place.consumer !== consumer) return await this.#refuse(kind, job, takenFault);
    return await this.#store(kind, job, id, parsed);
  }

  async #store(kind: Kind, job: Job, id: string, plain: PlainRequest): Promise<Admission> {
    const { consumer, items, ignoring, reason, requestedBy } = plain;
    const keys = this.#options.keysOf(consumer);
    const jobId = job.id === id ? undefined : job.id;
    await this.#options.busy.mark(consumer);
    try {
      await storeRequest(keys, { id, kind, ignoring, items, reason, requestedBy, jobId, expectedItems: items.length });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'memory_short') return { waitMs: memoryShortMs };
      if (error.code === 'in_progress') return { waitMs: inProgressMs };
      return await this.#refuse(kind, job, error.code === 'id_taken' ? takenFault : error.message);
    }
    await this.#options.index.keep(id, { kind, consumer });
    const view = await readRequest(keys, id);
    if (view === undefined) throw new Error(`request ${id} vanished after its seal`);
    await job.updateData(acceptedJob(view));
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
    const { keysOf, index, retentionMs, logger } = this.#options;
    const named = consumerNameSchema.safeParse(fieldOf(job.data, 'consumer')).data ?? defaultConsumer;
    const id = job.id ?? '';
    await job.updateData({ consumer: named, refused: reason });
    const place = await index.reserve(id, { kind, consumer: named });
    if (place.kind === kind && place.consumer === named) {
      if (await recordRefusal(keysOf(named), id, { reason, kind, retentionMs })) await index.expire(id, retentionMs);
    }
    logger.warn({ kind, job: id, reason }, 'a job was refused at intake; nothing of it is sent');
    throw failedJob(reason);
  }
}

const takenFault = 'its id belongs to a request with other content';

interface PlainRequest {
  consumer: string;
  items: string[];
  ignoring: boolean;
  request: string | undefined;
  reason: string | undefined;
  requestedBy: string | undefined;
}

function parsePlainJob(kind: Kind, data: unknown): PlainRequest | { fault: string } {
  if (Buffer.byteLength(JSON.stringify(data ?? null)) > maxPlainJobBytes)
    return { fault: 'data: must be at most 8 MB' };
  const parsed = plainSchema[kind].safeParse(data);
  if (!parsed.success) {
    const { path = [], message = 'is wrong', ...issue } = parsed.error.issues[0] ?? {};
    const said = 'keys' in issue && Array.isArray(issue.keys) ? unknownFields(issue.keys) : message;
    return { fault: `${path.join('.') || 'data'}: ${said}` };
  }
  const list = 'sessionIds' in parsed.data ? parsed.data.sessionIds : parsed.data.submissions;
  const field = kind === 'deletion' ? 'sessionIds' : 'submissions';
  if (list.length === 0) return { fault: `${field}: must hold at least one item` };
  if (list.length > maxItemsPerPlainJob)
    return { fault: `${field}: must hold at most 5,000 items; larger requests go over HTTP or the library` };
  const items: string[] = [];
  for (const [index, item] of list.entries()) {
    const fault = itemFault(kind, item);
    if (fault !== undefined) return { fault: `${field}[${index}]: ${fault}` };
    items.push(String(item));
  }
  const { consumer = defaultConsumer, request, reason, requestedBy } = parsed.data;
  const ignoring = 'ignoreResponseRevisions' in parsed.data && parsed.data.ignoreResponseRevisions === true;
  return { consumer, items, ignoring, request, reason, requestedBy };
}

/** A field is named where its name looks like one; anything else might be an item in the wrong place. */
function unknownFields(names: unknown[]): string {
  const sayable = names.filter((name) => typeof name === 'string' && /^[A-Za-z_]{1,40}$/.test(name));
  const rest = names.length - sayable.length;
  return `has unknown fields: ${[...sayable, ...(rest > 0 ? [`${rest} more`] : [])].join(', ')}`;
}

function fieldOf(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null && name in data
    ? (data as Record<string, unknown>)[name]
    : undefined;
}
