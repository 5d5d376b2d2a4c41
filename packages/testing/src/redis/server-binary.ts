import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The Redis server to run: `REDIS_SERVER_BIN`, else `redis-server` or `valkey-server` on PATH.
 * Throws with what to do when there is none.
 */
export function findServerBinary(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.REDIS_SERVER_BIN;
  if (named !== undefined && named !== '') {
    if (isRunnable(named)) return named;
    throw new Error('REDIS_SERVER_BIN names no file that can be run');
  }
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const name of ['redis-server', 'valkey-server']) {
    const found = folders.map((folder) => join(folder, name)).find(isRunnable);
    if (found !== undefined) return found;
  }
  throw new Error('no redis-server or valkey-server on PATH: install one, or set REDIS_SERVER_BIN');
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
