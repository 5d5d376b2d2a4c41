import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';
import { guardFault } from './mutant.mjs';

/**
 * Every guard that is no longer where the list says, and every id given twice, in words: whoever moved it mends the list.
 * @param {readonly import('./mutant.mjs').Mutant[]} mutants
 */
export function checkGuards(mutants, folder = root) {
  return mutants.flatMap((mutant, index) => {
    if (mutants.findIndex(({ id }) => id === mutant.id) !== index) return [`${mutant.id}: two guards have this id`];
    /** @type {string} */
    let source;
    try {
      source = readFileSync(join(folder, mutant.file), 'utf8');
    } catch {
      return [`${mutant.id}: the guard has moved: there is no ${mutant.file}`];
    }
    return guardFault(mutant, source) ?? [];
  });
}
