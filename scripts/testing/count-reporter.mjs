import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countOf, countsFolder } from './counts.mjs';

/** Jest reporter: leaves the counts of a run behind for the sum over all packages. */
export default class CountReporter {
  #name;

  /** @param {{ rootDir: string }} globalConfig */
  constructor(globalConfig) {
    this.#name = globalConfig.rootDir.replace(/[^A-Za-z0-9]+/g, '-');
  }

  /**
   * @param {unknown} _contexts
   * @param {import('./counts.mjs').JestResults} results
   */
  onRunComplete(_contexts, results) {
    mkdirSync(countsFolder, { recursive: true });
    writeFileSync(join(countsFolder, `${this.#name}.json`), JSON.stringify(countOf(results)));
  }
}
