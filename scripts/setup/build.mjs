import { Failure } from '../failure.mjs';
import { root } from '../project.mjs';
import { mustRun } from './command.mjs';
import { turboRun } from './turbo.mjs';

/**
 * Builds every package.
 * @param {NodeJS.ProcessEnv} environment
 */
export async function build(environment) {
  try {
    await mustRun('pnpm', ['exec', ...turboRun('build', ['--output-logs=errors-only'])], {
      cwd: root,
      env: environment,
    });
  } catch (error) {
    throw new Failure(`The build failed.\n\n${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
