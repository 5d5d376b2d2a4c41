import { type ConsumerKeys, requestKey } from '../lanes/keys.ts';

/** What a deletion keeps of the selection that its sessions came from: what outlasts the selection itself. */
export interface DeletedSelection {
  id: string;
  /** Of the selection, as somebody has looked at it. */
  digest: string;
}

/** The fields of a request's record that say it. */
export function selectionFields({ id, digest }: DeletedSelection): string[] {
  return ['selection', id, 'selectionDigest', digest];
}

/** Whether a request is sealed that deletes this selection, and as it was looked at. */
export async function deletesSelection(
  keys: ConsumerKeys,
  request: string,
  { id, digest }: DeletedSelection,
): Promise<boolean> {
  const fields = ['state', 'selection', 'selectionDigest'];
  const [state, selection, selectionDigest] = await keys.redis.hmget(requestKey(keys, request), ...fields);
  return typeof state === 'string' && state !== 'receiving' && selection === id && selectionDigest === digest;
}
