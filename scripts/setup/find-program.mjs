import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The full path of the first of some programs that is on PATH.
 * @param {readonly string[]} names
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string | undefined}
 */
export function findProgram(names, environment) {
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isRunnable);
}

/** @param {string} path */
export function isRunnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
