import { consumerScript } from '../lanes/script-files.ts';
import { maxPackedBytes, packSessionId } from '../requests/packing.ts';

/** A script of legal holds, by its name. */
export const holdScript = (name: string) => consumerScript(new URL(`./scripts/${name}.lua`, import.meta.url));

/** A session id as scripts take it. */
export function packed(id: string): Buffer {
  const room = Buffer.alloc(maxPackedBytes);
  return room.subarray(0, packSessionId(id, room, 0));
}
