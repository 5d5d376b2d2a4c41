import type { ConsumerKeys } from '../lanes/keys.ts';
import { isoTime } from '../requests/iso-time.ts';
import type { LaneStop } from '../requests/request.ts';
import { legalHoldCode } from './legal-hold.ts';

const what = 'The sessions of users and activities under a legal hold are looked up at Learnosity';

/** Whether what holds a lane or a request up are legal holds whose sessions are not known, whatever that waits for. */
export function isHoldWait({ code, message }: { code: string; message: string }): boolean {
  return code === legalHoldCode || message.startsWith(what);
}

/** Why holds on users and activities are not resolved just now. */
export async function readHoldWait({ redis, base }: ConsumerKeys): Promise<{ code: string; message: string }> {
  const [code, message] = await redis.hmget(`${base}holds:resolving`, 'code', 'message');
  return code && message ? { code, message: `${what}: ${message}` } : { code: legalHoldCode, message: what };
}

/** A hold whose sessions are not known at all yet keeps every deletion of its consumer from being sent. */
export async function readUnresolved(keys: ConsumerKeys): Promise<LaneStop | undefined> {
  const { redis, base } = keys;
  const [id, resolved] = await redis.zrange(`${base}holds:subjects`, '0', '0', 'WITHSCORES');
  if (id === undefined || resolved !== '0') return undefined;
  const since = await redis.hget(`${base}hold:${id}`, 'createdAt');
  return { ...(await readHoldWait(keys)), since: isoTime(since ?? undefined) };
}
