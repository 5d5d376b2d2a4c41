import { randomUUID } from 'node:crypto';
import type { Grant, Lane } from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { Loop } from '../loop.ts';
import type { LifeSign } from '../watchdog/life-sign.ts';
import type { Gate } from './gate.ts';

const closedRecheckMs = 1_000;
const stoppedRecheckMs = 30_000;
const afterErrorMs = 1_000;
/**
 * How long before its slot is free a full batch is claimed: that hides the claim's round trip, reading and begin-send, on a busy
 * machine too.
 */
const claimAheadMs = 80;

export interface PumpOptions {
  lane: Lane;
  gate: Gate;
  /** Sends what was claimed; resolves when the batch is recorded, given back or resolved. Never rejects. */
  send: (lane: Lane, grant: Grant) => Promise<void>;
  logger: Logger;
}

/**
 * Claims for one lane whenever a slot is free and hands each claim to the sender, without waiting for it: as many sends are
 * under way as there are slots, and one that hangs delays no other.
 */
export class Pump {
  readonly #options: PumpOptions;
  readonly #loop: Loop;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#loop = new Loop({
      part: `the pump of ${options.lane.keys.consumer}/${options.lane.kind}`,
      step: () => this.#claim(),
      onError: (error) => {
        const { lane, logger } = options;
        logger.error({ err: error, consumer: lane.keys.consumer, kind: lane.kind }, 'claiming failed; trying again');
        return afterErrorMs;
      },
    });
  }

  get sign(): LifeSign {
    return this.#loop.sign;
  }

  start(): void {
    this.#loop.start();
  }

  wake(): void {
    this.#loop.wake();
  }

  /** Claims nothing more, then waits for the sends under way; whoever stops bounds that by aborting them. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await Promise.all(this.#underWay);
  }

  async #claim(): Promise<number> {
    const { lane, gate, send } = this.#options;
    if (!(await gate.invites(lane.kind))) return closedRecheckMs;
    const answer = await lane.claim(randomUUID(), claimAheadMs);
    switch (answer.is) {
      case 'batch': {
        // Its end wakes nobody: its slot is free one window later, and a script that frees one at once tells so itself.
        const sending = send(lane, answer).finally(() => this.#underWay.delete(sending));
        this.#underWay.add(sending);
        return 0;
      }
      case 'wait':
        return Math.max(1, answer.ms);
      case 'stopped':
        return Math.min(answer.ms, stoppedRecheckMs);
      case 'empty':
        // Woken by a message, or by the rounds when that got lost.
        return Math.max(1, answer.ms ?? Number.POSITIVE_INFINITY);
    }
  }
}
