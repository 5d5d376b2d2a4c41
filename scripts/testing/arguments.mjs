/**
 * @typedef {object} TestArguments
 * @property {boolean} help
 * @property {string[]} turbo which packages
 * @property {string[]} jest which tests of them, and how
 */

export const testHelp = `npm test [-- [--filter <package>]... [arguments for jest]]

Sets up what is missing, then builds, checks types, lints and runs every test suite.
With arguments only the set-up, the build and the tests that are meant:

  npm test -- --filter @session-queue/core     the suites of one package
  npm test -- lanes                            test files whose path matches
  npm test -- -t 'never sent again'            tests whose name matches`;

/**
 * Sorts arguments: `--filter` goes to turbo, all others to jest.
 * @param {readonly string[]} given
 * @returns {TestArguments}
 */
export function readTestArguments(given) {
  /** @type {TestArguments} */
  const result = { help: false, turbo: [], jest: [] };
  const rest = [...given];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--help' || argument === '-h') result.help = true;
    else if (argument.startsWith('--filter=')) result.turbo.push(argument);
    else if (argument === '--filter' || argument === '-F') result.turbo.push(`--filter=${rest.shift() ?? ''}`);
    else result.jest.push(argument);
  }
  return result;
}
