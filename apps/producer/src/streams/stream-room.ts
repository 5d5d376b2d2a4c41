import type { Kind } from '@session-queue/core';
import { type Caller, localCaller } from '../auth/caller.ts';
import { ByteBudget, type GiveBack } from '../memory/byte-budget.ts';
import { Problem } from '../problems/problem.ts';

/** Streams read at once. */
const shares = 50;
/** Of submissions chunks of 4 MB are on their way to Redis, of ids some 20 kB. */
const sharesOf: Readonly<Record<Kind, number>> = { deletion: 1, resubmission: 3 };
/** Beyond so many items an upload is a large one: what it remembers to find duplicates comes to 14 bytes an item, 77 MB at most. */
export const largeItems = 100_000;
export const largeAtOnce = 4;
/** One caller's, so that nobody keeps all the others out for the hours that an upload may take. */
export const largeOfOne = 2;
/** How long a large one waits for its turn, in ms. Its client waits with it. */
const largeWaitMs = 20_000;

/** Bounds what streams hold of the memory at once. Who finds no room waits for a moment, and then gets a 503. */
export class StreamRoom {
  private readonly streams: ByteBudget;
  private readonly large: ByteBudget;
  /** How many large ones each caller has, or waits for a turn with. */
  private readonly largeOf = new Map<string, number>();

  constructor(options: { waitMs: number }) {
    this.streams = new ByteBudget({ bytes: shares, waitMs: options.waitMs });
    this.large = new ByteBudget({ bytes: largeAtOnce, waitMs: largeWaitMs });
  }

  enter(kind: Kind): Promise<GiveBack> {
    return this.streams.take(sharesOf[kind]);
  }

  /** Called once the upload turns out to be large. A caller's third gets a 503 at once; who needs no token has nobody beside them. */
  async grow(caller: Caller): Promise<() => void> {
    const { id } = caller;
    const own = this.largeOf.get(id) ?? 0;
    if (own >= largeOfOne && caller !== localCaller) {
      const retryAfterSeconds = largeWaitMs / 1_000;
      throw new Problem('busy', `This token has ${own} large uploads under way already.`, { retryAfterSeconds });
    }
    this.largeOf.set(id, own + 1);
    try {
      const giveBack = await this.large.take(1);
      return () => {
        giveBack();
        this.leave(id);
      };
    } catch (error) {
      this.leave(id);
      throw error;
    }
  }

  private leave(id: string): void {
    const left = (this.largeOf.get(id) ?? 0) - 1;
    if (left > 0) this.largeOf.set(id, left);
    else this.largeOf.delete(id);
  }
}
