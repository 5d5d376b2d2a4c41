import type { ConsumerKeys } from '../lanes/keys.ts';
import { maxItemsPerBatch } from '../lanes/lane.ts';
import { type PageLimits, pageLimitArguments } from '../lanes/page-slot.ts';
import { consumerScript } from '../lanes/script-files.ts';
import type { Script } from '../redis/script.ts';
import { unpackSessionId } from '../requests/packing.ts';

const local = (name: string) => new URL(`./scripts/${name}.lua`, import.meta.url);
const pieceScript = (...names: string[]): Script => consumerScript(...names.map(local));
const takeScript = pieceScript('pieces', 'take-pieces');
const takeSlotScript = pieceScript('pieces', 'take-check-slot');
const putOffScript = pieceScript('pieces', 'put-off-pieces');
const recordScript = consumerScript(
  new URL('../sessions/table.lua', import.meta.url),
  ...['pieces', 'outcomes', 'record-check'].map(local),
);

/** Most sessions that one call asks for (Learnosity's limit of a list in a filter), and so most batches. */
const maxSessionsPerCheck = 1_000;
const maxPieces = maxSessionsPerCheck / maxItemsPerBatch;
/** How long a piece is a worker's own from one sign to the next; then another asks for it. */
const leaseMs = 30_000;

/** Gone sessions of one closed batch that are to be asked for, by whoever holds the token. */
export interface Piece {
  batch: string;
  /** Since Learnosity said that they are gone. */
  ageMs: number;
  /** They were deleted again since they were still there. */
  deletedAgain: boolean;
  /** Where each stands in its batch. */
  positions: readonly number[];
  sessionIds: readonly string[];
}

export type PiecesClaim = { is: 'pieces'; pieces: Piece[] } | { is: 'empty'; ms: number | undefined };

/** Takes what is due, at most 1,000 sessions. */
export async function takePieces(keys: ConsumerKeys, token: string): Promise<PiecesClaim> {
  const reply = await takeScript.runBuffer(keys.redis, [keys.base], [token, leaseMs, maxPieces]);
  const [is, ...rest]: unknown[] = Array.isArray(reply) ? reply : [];
  if (String(is) !== 'pieces') return { is: 'empty', ms: Number(rest[0]) < 0 ? undefined : Number(rest[0]) };
  return { is: 'pieces', pieces: rest.map(pieceOf) };
}

function pieceOf(row: unknown): Piece {
  const [batch, age, again, positions, ...items]: unknown[] = Array.isArray(row) ? row : [];
  return {
    batch: String(batch),
    ageMs: Number(age),
    deletedAgain: String(again) === '1',
    positions: String(positions).split(' ').map(Number),
    sessionIds: items.filter((item) => Buffer.isBuffer(item)).map(unpackSessionId),
  };
}

export type CheckSlot = { is: 'slot' } | { is: 'wait'; ms: number };

/** Takes a slot of the metadata endpoint for one page, and holds on to the pieces. */
export async function takeCheckSlot(
  keys: ConsumerKeys,
  claim: { token: string; slot: string; pieces: readonly Piece[] },
  limits: PageLimits,
): Promise<CheckSlot> {
  const args = [claim.token, claim.slot, ...pageLimitArguments(limits), ...claim.pieces.map(({ batch }) => batch)];
  const reply = await takeSlotScript.run(keys.redis, [keys.base], args);
  const [is, ms]: unknown[] = Array.isArray(reply) ? reply : [];
  return is === 'slot' ? { is } : { is: 'wait', ms: Number(ms) };
}

/** Lets pieces rest for so long; 0 gives them back. */
export async function putOffPieces(
  keys: ConsumerKeys,
  token: string,
  pieces: readonly Piece[],
  ms: number,
): Promise<void> {
  const args = [token, Math.round(ms), ...pieces.map(({ batch }) => batch)];
  await putOffScript.run(keys.redis, [keys.base], args);
}

/** What becomes of the sessions of a piece that are named, all others being verified; see record-check.lua. */
export type Fate = 'wait' | 'again' | 'stillThere' | 'unasked';

export interface Check {
  fate: Fate;
  /** Until they are asked for again. */
  nextMs: number;
  /** The positions of those that Learnosity shows; of `unasked` all. */
  named: readonly number[];
}

export interface CheckRecorded {
  verified: number;
  named: number;
  /** Requests of which nothing is left to verify, and those that are open again. */
  ended: string[];
  reopened: string[];
}

/** Writes down what was seen of a piece; `undefined` when somebody else has it by now. */
export async function recordCheck(
  keys: ConsumerKeys,
  token: string,
  { batch }: Piece,
  { fate, nextMs, named }: Check,
  retentionMs: number,
): Promise<CheckRecorded | undefined> {
  const args = [batch, token, fate, Math.round(nextMs), retentionMs, ...named];
  const reply = await recordScript.run(keys.redis, [keys.base], args);
  const [is, verified, count, ended, reopened]: unknown[] = Array.isArray(reply) ? reply : [];
  if (is !== 1) return undefined;
  return { verified: Number(verified), named: Number(count), ended: textsOf(ended), reopened: textsOf(reopened) };
}

function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.map(String) : [];
}
