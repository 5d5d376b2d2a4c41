import { root } from '../project.mjs';
import { mustRun } from './command.mjs';

/**
 * Installs the packages of the lockfile.
 * @param {NodeJS.ProcessEnv} environment
 */
export async function installPackages(environment) {
  // CI: pnpm asks nothing, also where packages of another version of pnpm have to go first.
  const env = { ...environment, CI: 'true' };
  await mustRun('pnpm', ['install', '--frozen-lockfile'], { cwd: root, env });
}
