import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What the demo asks for.
 * @typedef {object} Input
 * @property {string[]} sessionIds as they stand in the file, some of them twice
 * @property {ReadonlySet<string>} gone those that Learnosity has deleted before
 * @property {string[]} submissions base64
 */

/**
 * @param {string} folder with the example files
 * @returns {Promise<Input>}
 */
export async function readInput(folder) {
  const submissionFolder = join(folder, 'failed-submissions');
  const names = (await readdir(submissionFolder)).filter((name) => name.endsWith('.txt')).sort();
  return {
    sessionIds: readColumn(await readFile(join(folder, 'sessions-to-delete.csv'), 'utf8')),
    gone: new Set(linesOf(await readFile(join(folder, 'already-gone.txt'), 'utf8'))),
    submissions: await Promise.all(
      names.map(async (name) => (await readFile(join(submissionFolder, name), 'utf8')).trim()),
    ),
  };
}

/**
 * The values of a CSV file with one column and a header.
 * @param {string} csv
 */
function readColumn(csv) {
  return linesOf(csv).slice(1);
}

/** @param {string} text */
function linesOf(text) {
  return text.split(/\r?\n/).filter((line) => line !== '');
}
