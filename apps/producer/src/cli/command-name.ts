import { basename, relative } from 'node:path';

/**
 * What to type to call this program again from a folder: the name of a link to it, which stands on PATH, or Node with
 * the file, since a project's own commands do not.
 */
export function commandName(file: string, folder: string): string {
  if (!file.endsWith('.js')) return basename(file);
  const path = relative(folder, file);
  return `node ${shellWord(path.startsWith('..') ? file : path)}`;
}

/** A word as a shell takes it. */
export function shellWord(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
