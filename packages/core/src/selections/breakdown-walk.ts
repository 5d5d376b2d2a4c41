import type { ConsumerKeys } from '../lanes/keys.ts';
import { selectionScript } from './selection-script.ts';
import type { WalkPosition } from './walk-sessions.ts';
import type { PageRecorded, Walk } from './walks.ts';

const recordScript = selectionScript('record-part');
const nextScript = selectionScript('next-part');

/** What a page of a value's walk showed. */
export interface PartPage {
  /** Places in the selection of those sessions that are in it, at most some hundred. */
  places: readonly number[];
  /** Sessions that are not, and that no page of this value showed before. */
  outside: number;
}

/**
 * Marks the sessions that a page of a value's walk showed, each by a byte in the order of the selection, and keeps where that walk goes on.
 * What is left behind by other versions goes after `keptMs`.
 */
export async function recordPart(
  keys: ConsumerKeys,
  { id, token, leaseMs }: Walk,
  part: number,
  { next, pages, sessions }: WalkPosition,
  { places, outside }: PartPage,
  keptMs: number,
): Promise<Exclude<PageRecorded, 'full'>> {
  const args = [id, token, part, pages, sessions, next, leaseMs, keptMs, outside, ...places];
  const reply = await recordScript.run(keys.redis, [keys.base], args);
  const [is]: unknown[] = Array.isArray(reply) ? reply : [];
  return is === 'recorded' || is === 'memory_short' ? is : 'lost';
}

/**
 * Goes on to the walk of a value, by its number: what was before it is over, the walk of the selection itself in case of the first.
 * `false` when somebody else has the walk by now.
 */
export async function beginPart(
  keys: ConsumerKeys,
  { id, token, leaseMs }: Walk,
  part: number,
  keptMs: number,
  failure?: { code: string; message: string },
): Promise<boolean> {
  const args = [id, token, part, leaseMs, keptMs, failure?.code ?? '', failure?.message ?? ''];
  return (await nextScript.run(keys.redis, [keys.base], args)) === 1;
}
