import { z } from 'zod';
import type { Claim } from '../lanes/claim-answer.ts';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import { packedSessionId } from '../requests/packing.ts';
import type { SessionPrints } from './session-prints.ts';
import { sessionOfSubmission } from './submission-session.ts';

const local = (name: string) => new URL(`./${name}.lua`, import.meta.url);
const tombstones = new URL('../lanes/shared/tombstones.lua', import.meta.url);
const sessions = new URL('../sessions/table.lua', import.meta.url);
const lookAtDeletionScript = consumerScript(tombstones, local('look-at-deletion'));
const lookAtResubmissionScript = consumerScript(sessions, tombstones, local('look-at-resubmission'));
const doubtScript = consumerScript(tombstones, local('doubt'));
const sweepScript = consumerScript(tombstones, local('sweep'));

/** Of some 48 tombstones each. */
const bucketsPerSlice = 16;
/** Tombstones age by days. */
const restMs = 6 * 3600 * 1000;

/** What is known of an item's session before it is sent. */
export type TombstoneFinding = 'deleted' | 'to be deleted' | 'being resent';

const findings: Readonly<Record<string, TombstoneFinding>> = {
  d: 'deleted',
  f: 'to be deleted',
  w: 'being resent',
};

export interface TombstoneLook {
  /** As long as the batch may be open after this look: RETENTION_DAYS. */
  retentionMs: number;
  prints: SessionPrints;
}

/**
 * Looks at a claimed deletion, and marks what is not found as being deleted. By an item's place: `deleted` before (unless its request
 * is forced), or `being resent` by a resubmission that is to end first. Empty when the claim is over.
 */
export async function lookAtDeletion(
  { redis, base }: ConsumerKeys,
  { batch, claims }: Pick<Claim, 'batch' | 'claims'>,
  sessionIds: readonly string[],
  { retentionMs, prints }: TombstoneLook,
): Promise<Map<number, TombstoneFinding>> {
  const args = [batch, claims, retentionMs, prints.of(sessionIds)];
  return foundIn(await lookAtDeletionScript.run(redis, [base], args));
}

/** Looks at a claimed resubmission, and notes what is not found as being resent. Where a session cannot be read it finds nothing. */
export async function lookAtResubmission(
  { redis, base }: ConsumerKeys,
  { batch, claims }: Pick<Claim, 'batch' | 'claims'>,
  submissions: readonly string[],
  { retentionMs, prints }: TombstoneLook,
): Promise<Map<number, TombstoneFinding>> {
  const ids = await sessionsOf(submissions);
  const args = [
    batch,
    claims,
    retentionMs,
    prints.of(ids),
    ...ids.map((id) => (id === undefined ? nothing : packedSessionId(id))),
  ];
  return foundIn(await lookAtResubmissionScript.run(redis, [base], args));
}

/** Learnosity shows these sessions although they were deleted: they are deleted again when that is asked for. At most 1,000. */
export async function doubtTombstones(
  { redis, base }: ConsumerKeys,
  sessionIds: readonly string[],
  prints: SessionPrints,
): Promise<void> {
  await doubtScript.run(redis, [base], [prints.of(sessionIds)]);
}

/** Of a large batch others have their turn in between: it holds some 4 MB to decode. */
async function sessionsOf(submissions: readonly string[]): Promise<(string | undefined)[]> {
  const ids: (string | undefined)[] = [];
  let read = 0;
  for (const submission of submissions) {
    ids.push(sessionOfSubmission(submission));
    read += submission.length;
    if (read < mostReadAtOnce) continue;
    read = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return ids;
}

const mostReadAtOnce = 256 * 1024;

const nothing = Buffer.alloc(0);

function foundIn(reply: unknown): Map<number, TombstoneFinding> {
  const found = new Map<number, TombstoneFinding>();
  for (const [position, letter] of String(reply).split('').entries()) {
    const finding = findings[letter];
    if (finding !== undefined) found.set(position, finding);
  }
  return found;
}

/**
 * Whether a consumer's tombstones were made with this key, or there are none: from then on they are its. With another one no session
 * that was deleted would be known.
 */
export async function takeTombstones({ redis, base }: ConsumerKeys, { keyName }: SessionPrints): Promise<boolean> {
  await redis.hsetnx(`${base}tombstones`, 'key', keyName);
  return (await redis.hget(`${base}tombstones`, 'key')) === keyName;
}

/**
 * Forgets a slice of what is old: tombstones after `days`, never when absent. Answers with the ms until the next slice, `undefined` where
 * there are none. After the last slice it rests for `restMs` (6 h).
 */
export async function sweepTombstones(
  { redis, base }: ConsumerKeys,
  options: { days?: number | undefined; restMs?: number } = {},
): Promise<number | undefined> {
  const args = [bucketsPerSlice, options.restMs ?? restMs, options.days ?? ''];
  const left = z.int().parse(await sweepScript.run(redis, [base], args));
  return left < 0 ? undefined : left;
}
