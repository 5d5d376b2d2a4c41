import type { Queue } from 'bullmq';
import type { BusyConsumers } from '../consumers/busy-consumers.ts';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { ensureRequestJob, wakeRequestJob } from '../queues/request-jobs.ts';
import { type Approval, approveRequest } from '../requests/approval.ts';
import { cancelRequest, redriveItems, setHeld, type Why } from '../requests/control.ts';
import { Refusal } from '../requests/refusal.ts';
import { finalStates, type Kind, type RequestView } from '../requests/request.ts';
import type { RequestIndex } from '../requests/request-index.ts';
import { checkApproval, checkWhy } from './checks.ts';
import { conflict } from './of-view.ts';

export interface ChangingOptions {
  queues: Record<Kind, Queue>;
  index: RequestIndex;
  busy: BusyConsumers;
  /** The request as it is now, and where it lies; refuses when it is gone. */
  find: (id: string) => Promise<{ keys: ConsumerKeys; view: RequestView }>;
  /** How long what has ended stays, in ms. */
  retention: () => Promise<number>;
}

/** Changes requests; answers with each as it is then. */
export class Changing {
  readonly #options: ChangingOptions;

  constructor(options: ChangingOptions) {
    this.#options = options;
  }

  cancel(id: string): Promise<RequestView> {
    const allowed = ['accepted', 'waiting', 'processing', 'held', 'cancelled'];
    return this.#change(id, 'cancelled', allowed, async (keys) =>
      cancelRequest(keys, id, await this.#options.retention()),
    );
  }

  hold(id: string): Promise<RequestView> {
    return this.#change(id, 'held', ['accepted', 'processing', 'held'], (keys) => setHeld(keys, id, 'hold'));
  }

  release(id: string): Promise<RequestView> {
    return this.#change(id, 'released', ['held', 'processing', 'accepted'], async (keys, view) => {
      const before = await setHeld(keys, id, 'release');
      await this.#wake(keys, view);
      return before;
    });
  }

  async approve(id: string, approval: Approval): Promise<RequestView> {
    const noted = checkApproval(approval);
    const { keys, view } = await this.#options.find(id);
    await approveRequest(keys, id, noted);
    await this.#wake(keys, view);
    return await this.#viewOf(id);
  }

  async revoke(id: string, why: Why): Promise<RequestView> {
    const noted = checkWhy(why);
    const { find, retention } = this.#options;
    const { keys } = await find(id);
    const before = await cancelRequest(keys, id, await retention(), noted);
    const view = await this.#viewOf(id);
    if (view.revoked !== undefined) return view;
    const sent = 'something of it may have been sent';
    throw new Refusal('conflict', `this request is ${before}: it cannot be revoked, as ${sent}`);
  }

  async retryFailed(id: string, why: Why): Promise<RequestView> {
    const noted = checkWhy(why);
    const { busy, index, queues, find, retention } = this.#options;
    const { keys, view } = await find(id);
    // The same call again, after a lost answer: they are back in line already.
    if (view.state === 'processing' && view.counts.failed === 0) return view;
    if (!finalStates.has(view.state)) throw conflict(view, 'retried before it is finished');
    if (view.counts.failed === 0) throw new Refusal('conflict', 'this request has no failed items to retry');
    await busy.mark(view.consumer);
    const { failed: items } = view.counts;
    const retentionMs = await retention();
    await redriveItems(keys, id, { from: 'failed', action: 'resend', items, retentionMs, why: noted });
    await index.keep(keys, id, view.kind);
    await ensureRequestJob(keys, queues[view.kind], view);
    return await this.#viewOf(id);
  }

  async resolveParked(id: string, action: 'resend' | 'fail'): Promise<RequestView> {
    const { find, retention } = this.#options;
    const { keys, view } = await find(id);
    if (view.counts.parked === 0) throw new Refusal('conflict', 'this request has no parked items');
    const { parked: items } = view.counts;
    await redriveItems(keys, id, { from: 'parked', action, items, retentionMs: await retention() });
    return await this.#viewOf(id);
  }

  async #change(
    id: string,
    done: string,
    allowed: string[],
    change: (keys: ConsumerKeys, view: RequestView) => Promise<string>,
  ): Promise<RequestView> {
    const { keys, view } = await this.#options.find(id);
    const before = await change(keys, view);
    if (!allowed.includes(before)) throw conflict(view, done);
    return await this.#viewOf(id);
  }

  /** Lets what may go on look at it at once. */
  async #wake(keys: ConsumerKeys, { id, kind, consumer }: RequestView): Promise<void> {
    await this.#options.busy.mark(consumer);
    await wakeRequestJob(keys, this.#options.queues[kind], id);
  }

  async #viewOf(id: string): Promise<RequestView> {
    return (await this.#options.find(id)).view;
  }
}
