import { consumerScript } from '../lanes/script-files.ts';
import type { Script } from '../redis/script.ts';

const shared = [
  new URL('../requests/scripts/upload.lua', import.meta.url),
  new URL('./scripts/selection.lua', import.meta.url),
];

/** A script of selections, by its name. */
export function selectionScript(name: string): Script {
  return consumerScript(...shared, new URL(`./scripts/${name}.lua`, import.meta.url));
}
