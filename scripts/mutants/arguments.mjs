import { parseArgs } from 'node:util';
import { Failure } from '../failure.mjs';

export const mutantsHelp = `npm run mutants [-- options]

Takes the guards of the invariants (ARCHITECTURE.md) out of the code, one at a time, in copies of the project, and runs the
suites that must notice. First each of these suites must pass as it is. A mutant that its suite does not notice is tried
on all suites of the package; one that survives these too is a gap in the tests, and the exit code is 1.

  npm run mutants -- --invariant 3          the guards of one invariant ('stop': those of stops and pauses, or 'evidence')
  npm run mutants -- --only settle-twice    some of them
  npm run mutants -- --at-once 1            copies that work side by side (2)
  npm run mutants -- --list                 names every mutant, and runs none
  npm run mutants -- --check                only sees that every guard stands where the list says, as npm test does`;

/**
 * @typedef {object} MutantsArguments
 * @property {boolean} help
 * @property {boolean} list
 * @property {boolean} check
 * @property {number} atOnce
 * @property {readonly import('./mutant.mjs').Mutant[]} chosen
 */

/**
 * @param {readonly string[]} given
 * @param {readonly import('./mutant.mjs').Mutant[]} all
 * @returns {MutantsArguments}
 */
export function readMutantsArguments(given, all) {
  const { values, positionals } = parsed(given);
  const { help, list, check, invariant } = values;
  const atOnce = Number(values['at-once']);
  if (!Number.isInteger(atOnce) || atOnce < 1) throw new Failure('--at-once takes a whole number over 0.');
  // What follows --only belongs to it, as with the faults.
  const only = values.only === undefined ? undefined : [...values.only, ...positionals];
  if (only === undefined && positionals.length > 0) throw unknownArgument(positionals.join(' '));
  const unknown = (only ?? []).filter((id) => !all.some((mutant) => mutant.id === id));
  if (unknown.length > 0) throw new Failure(`No mutant is called ${unknown.join(', ')}; --list names all.`);
  const chosen = all.filter(
    (mutant) =>
      (only === undefined || only.includes(mutant.id)) &&
      (invariant === undefined || String(mutant.invariant) === invariant),
  );
  if (chosen.length === 0) throw new Failure('No mutant is left to run; --list names all.');
  return { help, list, check, atOnce, chosen };
}

/** @param {readonly string[]} given */
function parsed(given) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        list: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        'at-once': { type: 'string', default: '2' },
        invariant: { type: 'string' },
        only: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    throw unknownArgument(error instanceof Error ? error.message : String(error));
  }
}

/** @param {string} what */
function unknownArgument(what) {
  return new Failure(`Arguments that are not known: ${what}\n\n${mutantsHelp}`);
}
