import type { Ask } from './asks.ts';

/**
 * What a service was told in the end: `promised` (202 heard, the library resolved, the plain job was added), `refused` for good,
 * or `unknown` (it gave up asking). The same call is repeated until it hears one of the first two. `forgotten`: promised, in a span
 * of time whose writes Redis has lost.
 */
export interface Delivery {
  readonly ask: Ask;
  outcome: 'promised' | 'refused' | 'unknown' | 'forgotten';
  /** The request's id, once it is known. */
  request: string | undefined;
  /** How many items the promise spoke of, where it did. */
  total: number | undefined;
  /** What each try was answered, in few words and without items. */
  readonly heard: string[];
}

/** What one try came to. */
export type Heard =
  | { is: 'promised'; request: string; total?: number }
  | { is: 'refused'; why: string }
  | { is: 'again'; why: string };

export interface Sender {
  /** Asks once. May throw: that is 'again'. */
  send(ask: Ask, signal: AbortSignal): Promise<Heard>;
  close(): Promise<void>;
}
