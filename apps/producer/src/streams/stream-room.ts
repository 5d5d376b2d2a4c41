import type { Kind } from '@session-queue/core';
import { ByteBudget, type GiveBack } from '../memory/byte-budget.ts';

/** Streams read at once. */
const shares = 50;
/** Of submissions chunks of 4 MB are on their way to Redis, of ids some 20 kB. */
const sharesOf: Readonly<Record<Kind, number>> = { deletion: 1, resubmission: 3 };
/** Beyond so many items an upload is a large one: what it remembers to find duplicates comes to 14 bytes an item, 77 MB at most. */
export const largeItems = 100_000;
const largeAtOnce = 4;
/** How long a large one waits for its turn, in ms. Its client waits with it. */
const largeWaitMs = 20_000;

/** Bounds what streams hold of the memory at once. Who finds no room waits for a moment, and then gets a 503. */
export class StreamRoom {
  private readonly streams: ByteBudget;
  private readonly large: ByteBudget;

  constructor(options: { waitMs: number }) {
    this.streams = new ByteBudget({ bytes: shares, waitMs: options.waitMs });
    this.large = new ByteBudget({ bytes: largeAtOnce, waitMs: largeWaitMs });
  }

  enter(kind: Kind): Promise<GiveBack> {
    return this.streams.take(sharesOf[kind]);
  }

  /** Called once the upload turns out to be large. */
  grow(): Promise<GiveBack> {
    return this.large.take(1);
  }
}
