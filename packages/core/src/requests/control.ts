import type { ConsumerKeys } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import type { Kind } from './request.ts';

const local = (name: string) => consumerScript(new URL(`./scripts/${name}.lua`, import.meta.url));
const seen = new URL('../verification/scripts/seen.lua', import.meta.url);
const openScript = consumerScript(seen, new URL('./scripts/open.lua', import.meta.url));
const holdScript = local('hold');
const sessions = new URL('../sessions/table.lua', import.meta.url);
const cancelScript = consumerScript(sessions, new URL('./scripts/cancel.lua', import.meta.url));
const redriveScript = consumerScript(sessions, seen, new URL('./scripts/redrive.lua', import.meta.url));
const refuseScript = local('refuse');
const mirroredScript = local('mirrored');

/** What became of a request that was to be opened. */
export interface Opened {
  /** '' when there is none. */
  state: string;
  /** Until it may be opened, in ms; 0 when it may. */
  waitMs: number;
}

/** Puts an accepted request into its lane's rotation, unless it is to wait. */
export async function openRequest(keys: ConsumerKeys, id: string): Promise<Opened> {
  const [state, waitMs] = pair(await openScript.run(keys.redis, [keys.base], [id]));
  return { state, waitMs: Number(waitMs) };
}

/** Holds or releases a request; answers with the state it had. */
export async function setHeld(keys: ConsumerKeys, id: string, wanted: 'hold' | 'release'): Promise<string> {
  return String(await holdScript.run(keys.redis, [keys.base], [id, wanted]));
}

/**
 * Cancels what has not been sent; answers with the state it had. With `revoked` only a deletion of which nothing was sent, and that waits
 * for its approval or its time: any other is left as it is.
 */
export async function cancelRequest(
  keys: ConsumerKeys,
  id: string,
  retentionMs: number,
  revoked?: Why,
): Promise<string> {
  const noted = revoked === undefined ? [] : ['revokeReason', revoked.reason, ...byField('revokedBy', revoked)];
  for (let before: string | undefined; ; ) {
    const [state, more] = pair(await cancelScript.run(keys.redis, [keys.base], [id, retentionMs, ...noted]));
    before ??= state;
    if (more !== '1') return before;
  }
}

/** Why a request is changed, and by whom. */
export interface Why {
  reason: string;
  by?: string | undefined;
}

/** The same where nobody has to say so. */
export interface WhyIfAny {
  reason?: string | undefined;
  by?: string | undefined;
}

/** Moves failed or parked items back in line, or fails parked ones; answers with the state the request had. */
export async function redriveItems(
  keys: ConsumerKeys,
  id: string,
  redrive: { from: 'failed' | 'parked'; action: 'resend' | 'fail'; items: number; retentionMs: number; why?: Why },
): Promise<string> {
  const { why } = redrive;
  const noted = why === undefined ? [] : ['retryReason', why.reason, ...byField('retriedBy', why)];
  let before: string | undefined;
  let left = redrive.items;
  do {
    const args = [id, redrive.from, redrive.action, left, redrive.retentionMs, ...noted];
    const [state, moved] = pair(await redriveScript.run(keys.redis, [keys.base], args));
    before ??= state;
    if (moved === '0') break;
    left -= Number(moved);
  } while (left > 0);
  return before;
}

/** Keeps the record of a plain job that intake refused; `false` when a request of this id stands. */
export async function recordRefusal(
  keys: ConsumerKeys,
  id: string,
  refusal: { reason: string; kind: string; callbackUrl?: string | undefined; retentionMs: number },
): Promise<boolean> {
  const fields = ['kind', refusal.kind, 'consumer', keys.consumer];
  if (refusal.callbackUrl !== undefined) fields.push('callbackUrl', refusal.callbackUrl);
  const args = [id, refusal.reason, refusal.retentionMs, ...fields];
  return (await refuseScript.run(keys.redis, [keys.base], args)) === 1;
}

/** BullMQ shows this end of a request, or that its record is gone; an end that came since, after a retry, is still to be shown. */
export async function mirrored(keys: ConsumerKeys, kind: Kind, id: string, finishedAt = 0): Promise<void> {
  await mirroredScript.run(keys.redis, [keys.base], [kind, id, finishedAt]);
}

function byField(field: string, { by }: Why): string[] {
  return by === undefined ? [] : [field, by];
}

function pair(reply: unknown): [string, string] {
  const [first, second] = Array.isArray(reply) ? reply.map(String) : [];
  return [first ?? '', second ?? '0'];
}
