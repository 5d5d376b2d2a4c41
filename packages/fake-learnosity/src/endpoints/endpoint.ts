import type { MatchedCall } from '../script/script-board.ts';
import type { Consumer } from '../world/consumer.ts';
import type { World } from '../world/world.ts';

/** A call that has passed every check, at work in the world. */
export interface Visit extends MatchedCall {
  readonly world: World;
  readonly caller: Consumer;
  /** When it is worked on, epoch ms. */
  readonly now: number;
}

/** What a call gives back: `data`, and what `meta` holds beside status and timestamp. */
export interface Result {
  meta?: Readonly<Record<string, unknown>>;
  data: unknown;
}

/** A call whose parameters have been read and found good. */
export interface ReadCall {
  /** What it carries: session ids, submissions or references. */
  readonly items: readonly string[];
  /** Does it. May still refuse. */
  perform(visit: Visit): Result;
}
