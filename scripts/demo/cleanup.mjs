/**
 * Remembers what has to be stopped, and stops it in the reverse order of its start.
 */
export class CleanupList {
  /** @type {{ name: string, stop: () => Promise<void> }[]} */
  #entries = [];
  /** @type {Promise<string[]> | undefined} */
  #running;

  /**
   * @param {string} name
   * @param {() => Promise<void>} stop
   */
  add(name, stop) {
    this.#entries.push({ name, stop });
  }

  /**
   * Stops everything; what fails to stop or takes longer than the bound holds nothing up. Safe twice.
   * @returns {Promise<string[]>} what could not be stopped, and why
   */
  async run(boundMs = 15_000) {
    this.#running ??= this.#stopAll(boundMs);
    return await this.#running;
  }

  /** @param {number} boundMs */
  async #stopAll(boundMs) {
    /** @type {string[]} */
    const faults = [];
    for (const { name, stop } of this.#entries.reverse()) {
      /** @type {NodeJS.Timeout | undefined} */
      let timer;
      const tooLong = new Promise((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`did not stop within ${boundMs} ms`)), boundMs);
      });
      try {
        await Promise.race([stop(), tooLong]);
      } catch (error) {
        faults.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        clearTimeout(timer);
      }
    }
    return faults;
  }
}
