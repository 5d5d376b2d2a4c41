import { pathToFileURL } from 'node:url';
import { preloadFolder } from './places.ts';

/** What can be loaded into a worker before its own code: src/preload. */
export interface Preloads {
  /** SIGUSR2 blocks the event loop for so long. */
  'block-loop': { BLOCK_LOOP_MS: number };
  /** It collects its garbage so often. */
  'collect-garbage': { COLLECT_EVERY_MS: number };
  /** Its clock goes wrong by so much, until SIGUSR2 sets it right. */
  'shift-clock': { CLOCK_SHIFT_MS: number };
  /** One host name is resolved as a file says. */
  'resolve-name': { RESOLVED_HOST: string; RESOLVER_FILE: string };
}

/** The variables of a process (`world.addWorker`) in which something is preloaded; with further options of Node's. */
export function preloaded<Name extends keyof Preloads>(
  name: Name,
  variables: Preloads[Name],
  options: readonly string[] = [],
): Record<string, string> {
  const module = pathToFileURL(`${preloadFolder}/${name}.js`).href;
  const texts = Object.entries(variables).map(([variable, value]) => [variable, String(value)]);
  return { NODE_OPTIONS: [`--import=${module}`, ...options].join(' '), ...Object.fromEntries(texts) };
}
