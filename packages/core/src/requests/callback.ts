import { type ConsumerKeys, requestKey } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import type { Callback } from './request.ts';

const local = (name: string) => consumerScript(new URL(`./scripts/${name}.lua`, import.meta.url));
const noteScript = local('note-callback');

/** When a request ended, and whether a callback is still to be added for that. */
export interface RequestEnd {
  /** In ms. */
  finishedAt: number;
  callback: 'none' | 'wanted' | 'noted';
}

/** What became of the callback for one end of a request. */
export interface CallbackNote extends Pick<Callback, 'state' | 'attempts'> {
  /** The end that it tells of, in ms: a request that was retried ends again. */
  finishedAt: number;
}

/** The end of a request; `undefined` when it is gone, or open. */
export async function readEnd(keys: ConsumerKeys, id: string): Promise<RequestEnd | undefined> {
  const fields = ['finishedAt', 'callbackUrl', 'callbackOf'] as const;
  const [finishedAt, url, noted] = await keys.redis.hmget(requestKey(keys, id), ...fields);
  if (typeof finishedAt !== 'string') return undefined;
  const callback = typeof url !== 'string' ? 'none' : noted === finishedAt ? 'noted' : 'wanted';
  return { finishedAt: Number(finishedAt), callback };
}

/** Keeps in a request's record what became of its callback; of an end that is no longer its last, nothing. */
export async function noteCallback(keys: ConsumerKeys, id: string, note: CallbackNote): Promise<void> {
  await noteScript.run(keys.redis, [keys.base], [id, note.finishedAt, note.state, note.attempts]);
}
