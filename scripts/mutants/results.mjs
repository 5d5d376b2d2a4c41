/**
 * What is read of jest's results.
 * @typedef {object} JestJson
 * @property {number} numPassedTests
 * @property {readonly {
 *   name: string,
 *   status: string,
 *   message: string,
 *   assertionResults: readonly { fullName: string, status: string, failureMessages?: readonly string[] | null }[],
 * }[]} testResults
 */

/** Says that the code was damaged by the change rather than left without a guard: it cannot even be read. */
const damage =
  /Error compiling script.*|Script attempted to access nonexistent global.*|\w+ is not defined|SyntaxError.*/;

/**
 * What a run has shown: `test` is the first that failed, and where it can be run alone.
 * @typedef {{ is: 'passed' } | { is: 'failed', test: string, file: string, tests?: string } | { is: 'damaged', reason: string }} Shown
 */

/**
 * @param {JestJson} results
 * @returns {Shown}
 */
export function readResults({ numPassedTests, testResults }) {
  for (const { message, assertionResults } of testResults) {
    if (assertionResults.length === 0 && message !== '') return { is: 'damaged', reason: lineOf(message) };
  }
  const failed = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map((test) => ({ ...test, file: literal(name) })),
  );
  for (const { failureMessages } of failed) {
    const found = damage.exec((failureMessages ?? []).join('\n'));
    if (found !== null) return { is: 'damaged', reason: found[0] };
  }
  const [first] = failed;
  if (first !== undefined) {
    return { is: 'failed', test: first.fullName, file: first.file, tests: `^${literal(first.fullName)}$` };
  }
  // A last hook that threw fails the file and none of its tests.
  const file = testResults.find(({ status }) => status === 'failed');
  if (file !== undefined) {
    return { is: 'failed', test: `after its tests: ${lineOf(file.message)}`, file: literal(file.name) };
  }
  return numPassedTests > 0 ? { is: 'passed' } : { is: 'damaged', reason: 'no test has run' };
}

/** @param {string} message */
function lineOf(message) {
  const lines = message.split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '' && !line.startsWith('●')) ?? '';
}

/**
 * The pattern that matches a text and nothing else.
 * @param {string} text
 */
function literal(text) {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
