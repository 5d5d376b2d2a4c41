import { Queue } from 'bullmq';
import { SessionQueueClient } from '../../src/client/session-queue-client.ts';
import type { ItemOutcome } from '../../src/lanes/lane.ts';
import { bullPrefix, queueNames } from '../../src/queues/names.ts';
import { openRequest } from '../../src/requests/control.ts';
import { type Kind, kinds, type RequestView } from '../../src/requests/request.ts';
import { Lab } from '../lanes/lab.ts';

/** A client on a real Redis, and in place of the workers a hand that moves what it asked for. */
export class ClientLab {
  readonly lab: Lab;
  readonly client: SessionQueueClient;
  readonly queues: Record<Kind, Queue>;
  #batches = 0;

  static async start(): Promise<ClientLab> {
    return new ClientLab(await Lab.start());
  }

  constructor(lab: Lab) {
    this.lab = lab;
    this.client = new SessionQueueClient({ redis: lab.redis, prefix: 'test' });
    const queue = (kind: Kind) =>
      new Queue(queueNames[kind].requests, { connection: lab.redis, prefix: bullPrefix('test') });
    this.queues = { deletion: queue('deletion'), resubmission: queue('resubmission') };
  }

  get consumer(): string {
    return this.lab.keys.consumer;
  }

  /** A request to delete, as one of the services would ask. */
  async accepted(sessionIds: Iterable<string>, id?: string): Promise<string> {
    const view = await this.client.deleteSessions({
      consumer: this.consumer,
      sessionIds,
      ...(id !== undefined && { id }),
    });
    return view.id;
  }

  async view(id: string): Promise<RequestView> {
    const view = await this.client.getRequest(id);
    if (view === undefined) throw new Error(`no request ${id}`);
    return view;
  }

  /** What intake does with the request's job. */
  async open(id: string): Promise<void> {
    await openRequest(this.lab.keys, id);
  }

  /** Sends the next batch of the lane, and lets its items end as the function says. */
  async sendBatch(kind: Kind, outcomeOf: (index: number) => ItemOutcome, code = '', message = ''): Promise<void> {
    const lane = this.lab.lane(kind, { quota: { calls: 1_000, windowMs: 1 } });
    this.#batches += 1;
    const claim = await this.lab.claim(lane, `batch-${this.#batches}`);
    await lane.beginSend(claim);
    const size = Number(await this.lab.redis.hget(`${this.lab.keys.base}batch:${claim.batch}`, 'size'));
    const outcomes = Array.from({ length: size }, (_, index) => outcomeOf(index));
    await lane.resolve(claim.batch, { claims: claim.claims }, { outcomes, code, message });
  }

  async stop(): Promise<void> {
    await this.client.close();
    for (const kind of kinds) await this.queues[kind].close();
    await this.lab.stop();
  }
}

/** Failed submissions, all different. */
export function submissions(n: number): string[] {
  return Array.from({ length: n }, (_, i) => Buffer.from(`submission ${i}`).toString('base64'));
}
