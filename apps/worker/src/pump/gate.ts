import type { Kind } from '@session-queue/core';
import type { KindSwitch } from '@session-queue/core/engine';
import type { Queue } from 'bullmq';

/** How long an answer 'closed' is trusted. An answer 'open' never is by who sends: a stop counts at the next send. */
const closedForMs = 500;

/** Whether calls of a kind may be made now: its batch queue is not paused in Bull Board and the kind is not stopped. */
export class Gate {
  readonly #queues: Record<Kind, Queue>;
  readonly #switch: KindSwitch;
  readonly #closedUntil: Record<Kind, number> = { deletion: 0, resubmission: 0 };
  readonly #lastOpen: Record<Kind, boolean> = { deletion: false, resubmission: false };

  constructor(queues: Record<Kind, Queue>, kindSwitch: KindSwitch) {
    this.#queues = queues;
    this.#switch = kindSwitch;
  }

  /** Whether to claim: yes while the last answer was 'open', since what is claimed behind a stop is put back before its send. */
  async invites(kind: Kind): Promise<boolean> {
    return this.#lastOpen[kind] || !(await this.isClosed(kind));
  }

  /** Asks, right before a send. */
  async isClosed(kind: Kind): Promise<boolean> {
    if (performance.now() < this.#closedUntil[kind]) return true;
    const [paused, stop] = await Promise.all([this.#queues[kind].isPaused(), this.#switch.read(kind)]);
    const closed = paused || stop !== undefined;
    this.#lastOpen[kind] = !closed;
    if (closed) this.#closedUntil[kind] = performance.now() + closedForMs;
    return closed;
  }
}
