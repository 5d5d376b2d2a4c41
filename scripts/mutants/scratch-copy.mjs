import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Failure } from '../failure.mjs';
import { root } from '../project.mjs';
import { run } from '../setup/command.mjs';
import { guardFault, withoutGuard } from './mutant.mjs';

/** What no suite reads, or what must not be shared. */
const leftOut = new Set(['.git', '.env', '.data', '.turbo', 'coverage', 'results']);

/**
 * A copy of the project in which guards are taken out, so that nobody ever meets a mutant in the project itself. Installed packages
 * are shared with it; links from one package of the workspace to another stay within the copy.
 */
export class ScratchCopy {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  static async make() {
    const folder = await mkdtemp(join(tmpdir(), 'session-queue-mutants-'));
    for (const name of await readdir(root)) {
      if (leftOut.has(name)) continue;
      if (name === 'node_modules') await symlink(join(root, name), join(folder, name));
      else {
        await cp(join(root, name), join(folder, name), {
          recursive: true,
          verbatimSymlinks: true,
          // Else everything built looks older than what it was built from.
          preserveTimestamps: true,
          filter: (path) => !leftOut.has(basename(path)),
        });
      }
    }
    return new ScratchCopy(folder);
  }

  /**
   * Does something while a guard is missing.
   * @template T
   * @param {import('./mutant.mjs').Mutant} mutant
   * @param {{ environment: NodeJS.ProcessEnv, signal: AbortSignal, built: boolean }} options `built`: for tests that start
   *   built processes
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async without(mutant, { environment, signal, built }, work) {
    const file = join(this.folder, mutant.file);
    const source = await readFile(file, 'utf8');
    const fault = guardFault(mutant, source);
    if (fault !== undefined) throw new Failure(fault);
    await writeFile(file, withoutGuard(mutant, source));
    try {
      if (built) await this.#build(mutant.file, environment);
      return await work();
    } finally {
      await writeFile(file, source);
      // Of a run that is over nothing more is built.
      if (built && !signal.aborted) await this.#build(mutant.file, environment);
    }
  }

  /**
   * The package of a file. Its exit code does not count: types may complain of what is left unused without the guard, and what
   * they complain of is built all the same.
   * @param {string} file
   * @param {NodeJS.ProcessEnv} environment
   */
  async #build(file, environment) {
    const [group = '', name = ''] = file.split('/');
    await run('pnpm', ['run', 'build'], { cwd: join(this.folder, group, name), env: environment });
  }

  async remove() {
    await rm(this.folder, { recursive: true, force: true });
  }
}
