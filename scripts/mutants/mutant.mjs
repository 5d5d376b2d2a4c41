/**
 * Which tests must fail. As narrow as is honest: a mutant that these do not notice is tried on all of the package's.
 * @typedef {object} Suite
 * @property {string} folder of the package
 * @property {string} [files] a pattern of paths, for jest; all files when absent
 * @property {string} [tests] a pattern of names, for jest
 */

/**
 * A guard, and what the code is without it. `text` stands exactly once in its file: short, so that few changes touch it.
 * @typedef {object} Mutant
 * @property {string} id
 * @property {number | 'stop' | 'mirror' | 'selection' | 'rule' | 'evidence' | 'guard' | 'deadlines' | 'verification'} invariant its
 *   number in ARCHITECTURE.md; or what it says of stops and pauses, of BullMQ's jobs, of selections, of rules, of evidence, of guards of deletions,
 *   of deadlines, or of verification
 * @property {string} without what is taken away
 * @property {string} file
 * @property {string} text
 * @property {string} becomes
 * @property {Suite} suite
 */

/**
 * Where in a file the guard stands, if it is not there exactly once.
 * @param {Pick<Mutant, 'id' | 'file' | 'text'>} mutant
 * @param {string} source of its file
 * @returns {string | undefined} what is wrong
 */
export function guardFault({ id, file, text }, source) {
  const times = source.split(text).length - 1;
  if (times === 1) return undefined;
  const found = times === 0 ? 'is not there any more' : `stands there ${times} times`;
  return `${id}: the guard has moved: in ${file} this ${found}: ${text}`;
}

/**
 * @param {Pick<Mutant, 'text' | 'becomes'>} mutant
 * @param {string} source
 */
export function withoutGuard({ text, becomes }, source) {
  const at = source.indexOf(text);
  return source.slice(0, at) + becomes + source.slice(at + text.length);
}

/** @param {Suite} suite */
export function suiteName(suite) {
  return suite.tests === undefined ? fileOf(suite) : `${fileOf(suite)} '${suite.tests}'`;
}

/**
 * The suites of mutants, each file once, for all the tests that any mutant needs of it.
 * @param {readonly Mutant[]} mutants
 */
export function suitesOf(mutants) {
  /** @type {Map<string, Suite>} */
  const suites = new Map();
  for (const { suite } of mutants) {
    const known = suites.get(fileOf(suite));
    if (known === undefined) suites.set(fileOf(suite), suite);
    else suites.set(fileOf(suite), together(known, suite));
  }
  return [...suites.values()];
}

/** @param {Suite} suite */
export function fileOf({ folder, files }) {
  return `${folder} ${files ?? '(all)'}`;
}

/**
 * @param {Suite} known
 * @param {Suite} suite
 * @returns {Suite}
 */
function together({ tests, ...known }, suite) {
  if (tests === undefined || suite.tests === undefined) return known;
  const patterns = new Set([...tests.split('|'), ...suite.tests.split('|')]);
  return { ...known, tests: [...patterns].join('|') };
}
