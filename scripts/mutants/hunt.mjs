import { Failure } from '../failure.mjs';
import { fileOf, suiteName } from './mutant.mjs';
import { runSuite } from './suite-run.mjs';

/** A suite of a mutant may take this much longer than it took as it is, and is then taken to hang. */
const boundFactor = 4;
const boundSlackMs = 30_000;
/** All suites of a package. */
const packageBoundMs = 10 * 60_000;

/**
 * What became of a mutant: `by` is the first test that failed, `where` the suite.
 * @typedef {{ mutant: import('./mutant.mjs').Mutant, seconds: number } & (
 *   | { is: 'killed', by: string, where: 'its suite' | 'its package' }
 *   | { is: 'survived' }
 *   | { is: 'damaged', reason: string }
 * )} Fate
 */

/** Runs suites in one copy: as they are, and without a guard. */
export class Hunt {
  #copy;
  #environment;
  #signal;
  #takenMs;

  /**
   * @param {object} options
   * @param {import('./scratch-copy.mjs').ScratchCopy} options.copy
   * @param {NodeJS.ProcessEnv} options.environment
   * @param {AbortSignal} options.signal
   * @param {Map<string, number>} options.takenMs how long each suite took as it is; shared by all copies
   */
  constructor({ copy, environment, signal, takenMs }) {
    this.#copy = copy;
    this.#environment = environment;
    this.#signal = signal;
    this.#takenMs = takenMs;
  }

  /**
   * A suite that fails as it is can show nothing. It may try twice: machines have bad moments.
   * @param {import('./mutant.mjs').Suite} suite
   */
  async asItIs(suite) {
    let outcome = await this.#run(suite, packageBoundMs);
    if (outcome.is === 'failed') outcome = await this.#run(suite, packageBoundMs);
    if (outcome.is !== 'passed') {
      const why = outcome.is === 'failed' ? outcome.test : outcome.is === 'hung' ? 'it hangs' : outcome.reason;
      throw new Failure(`This suite fails as it is, and so can show nothing: ${suiteName(suite)}\n  ${why}`);
    }
    this.#takenMs.set(fileOf(suite), outcome.seconds * 1_000);
    return outcome.seconds;
  }

  /**
   * @param {import('./mutant.mjs').Mutant} mutant
   * @returns {Promise<Fate>}
   */
  async mutant(mutant) {
    const { suite } = mutant;
    const boundMs = boundSlackMs + boundFactor * (this.#takenMs.get(fileOf(suite)) ?? 0);
    const narrow = await this.#without(mutant, suite, { boundMs, built: false });
    if (narrow.is !== 'passed') return fateOf(mutant, narrow, narrow.seconds, 'its suite');
    const { folder } = suite;
    const wide = await this.#without(mutant, { folder }, { boundMs: packageBoundMs, built: true });
    const seconds = narrow.seconds + wide.seconds;
    if (wide.is !== 'failed') return fateOf(mutant, wide, seconds, 'its package');
    // Among all of a package's tests one may fail for itself: it must pass with the guard, and fail again without.
    const alone = { folder, files: wide.file, ...(wide.tests !== undefined && { tests: wide.tests }) };
    const guarded = await this.#run(alone, packageBoundMs);
    const again = await this.#without(mutant, alone, { boundMs: packageBoundMs, built: true });
    if (guarded.is !== 'passed' || again.is === 'passed') return { is: 'survived', mutant, seconds };
    return fateOf(mutant, wide, seconds, 'its package');
  }

  /**
   * @param {import('./mutant.mjs').Mutant} mutant
   * @param {import('./mutant.mjs').Suite} suite
   * @param {{ boundMs: number, built: boolean }} options
   */
  #without(mutant, suite, { boundMs, built }) {
    const options = { environment: this.#environment, signal: this.#signal, built };
    return this.#copy.without(mutant, options, async () => await this.#run(suite, boundMs));
  }

  /**
   * @param {import('./mutant.mjs').Suite} suite
   * @param {number} boundMs
   */
  #run(suite, boundMs) {
    return runSuite(this.#copy.folder, suite, { environment: this.#environment, signal: this.#signal, boundMs });
  }
}

/**
 * @param {import('./mutant.mjs').Mutant} mutant
 * @param {import('./suite-run.mjs').SuiteOutcome} outcome
 * @param {number} seconds
 * @param {'its suite' | 'its package'} where
 * @returns {Fate}
 */
function fateOf(mutant, outcome, seconds, where) {
  switch (outcome.is) {
    case 'passed':
      return { is: 'survived', mutant, seconds };
    case 'failed':
      return { is: 'killed', by: outcome.test, where, mutant, seconds };
    case 'hung':
      return { is: 'killed', by: 'time-out: the suite hangs', where, mutant, seconds };
    case 'damaged':
      return { is: 'damaged', reason: outcome.reason, mutant, seconds };
  }
}
