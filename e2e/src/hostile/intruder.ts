import { bullPrefix, type Kind, queueNames, Refusal } from '@session-queue/core';
import { eventually } from '@session-queue/testing';
import { Queue } from 'bullmq';
import { z } from 'zod';
import type { Ask, AskWay } from '../load/asks.ts';
import { type OwnWish, ownAsk } from '../load/own-ask.ts';
import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';
import { jsonOf, markerIn } from './check-answer.ts';
import { type JobEnd, lookAtJob } from './job-end.ts';

const problemSchema = z.object({ type: z.string(), detail: z.string() });

/** A service that asks for what is not its own. What it asks for must be refused, with a reason, and never be sent. */
export class Intruder {
  readonly #world: World;
  readonly #random: Random;
  readonly #queues: Record<Kind, Queue>;
  #asked = 0;

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
    const queue = (kind: Kind) =>
      new Queue(queueNames[kind].requests, { connection: world.redisClient, prefix: bullPrefix('session-queue') });
    this.#queues = { deletion: queue('deletion'), resubmission: queue('resubmission') };
  }

  /** An ask of its own, which is to be refused: the audit looks whether it was sent all the same. */
  ask(way: AskWay, wish: Partial<OwnWish> = {}): Ask {
    this.#asked += 1;
    const name = `intruder-${this.#asked}`;
    const ask = ownAsk(this.#random, { name, way, consumer: 'default', items: 1, ...wish });
    this.#world.load.deliveries.push({ ask, outcome: 'refused', request: undefined, total: undefined, heard: [] });
    return ask;
  }

  /** Calls the API; a call that is not refused with this status and problem is an objection. */
  async http(what: string, call: HttpCall, expected: { status: number; problem: string }): Promise<void> {
    const { producerUrl, token } = this.#world;
    const response = await fetch(`${producerUrl}${call.path}`, {
      method: call.body === undefined ? (call.method ?? 'GET') : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...call.headers },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    const text = await response.text();
    const problem = problemSchema.safeParse(jsonOf(text)).data;
    if (response.status !== expected.status || problem?.type.endsWith(`:${expected.problem}`) !== true)
      this.#object(what, `${response.status} ${problem?.type ?? ''}`);
    if (problem?.detail === '') this.#object(what, 'no reason');
    if (markerIn(text) !== undefined) this.#object(what, 'an answer that holds an item');
  }

  /** Uses the library; whatever is not refused with this code is an objection. */
  async library(what: string, work: () => Promise<unknown>, code: Refusal['code']): Promise<void> {
    const heard = await work().catch((error: unknown) => error);
    if (!(heard instanceof Refusal) || heard.code !== code)
      this.#object(what, heard instanceof Refusal ? heard.code : 'no refusal');
  }

  /** Adds a plain job; one that does not fail, with a reason and without what was private, is an objection. */
  async job(what: string, kind: Kind, data: unknown, jobId?: string): Promise<void> {
    const queue = this.#queues[kind];
    const { id = '' } = await queue.add('delete', data, jobId === undefined ? {} : { jobId });
    let end: JobEnd = { is: 'open', state: 'unknown' };
    const look = async (): Promise<boolean> => {
      end = await lookAtJob(this.#world.redisClient, queue, id);
      return end.is !== 'open';
    };
    end = await eventually(look, { timeoutMs: 20_000 }).then(
      () => end,
      () => end,
    );
    if (end.is !== 'refused' || end.reason === '') this.#object(what, `a job that is ${end.is}`);
    else if (markerIn(end.left) !== undefined) this.#object(what, 'a job that holds an item');
  }

  /** Takes a job away, as when BullMQ has forgotten it. */
  async forget(kind: Kind, id: string): Promise<void> {
    await this.#queues[kind].remove(id);
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#queues).map((queue) => queue.close()));
  }

  #object(what: string, answer: string): void {
    this.#world.objections.push(`${what} came to ${answer}`);
  }
}

interface HttpCall {
  path: string;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}
