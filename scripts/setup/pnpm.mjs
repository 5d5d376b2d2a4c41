import { delimiter, dirname } from 'node:path';
import { Failure } from '../failure.mjs';
import { root } from '../project.mjs';
import { note } from '../terminal/step.mjs';
import { mustRun, run } from './command.mjs';

/**
 * The version in a `packageManager` field, without the hash that may follow it.
 * @param {string} packageManager such as pnpm@12.21.0+sha512.abc
 */
export function pinnedPnpm(packageManager) {
  const version = /^pnpm@(\d+\.\d+\.\d+[^+]*)/.exec(packageManager)?.[1];
  if (version === undefined) throw new Failure(`package.json pins no version of pnpm: '${packageManager}'`);
  return version;
}

/**
 * Makes the pinned pnpm available on PATH: the one that is there if it is the pinned one, else one fetched by npx.
 * @param {string} version
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<NodeJS.ProcessEnv>} the environment for everything that follows; turbo looks for pnpm on PATH, too
 */
export async function ensurePnpm(version, environment) {
  if ((await pnpmVersion(environment)) === version) return environment;
  note(`pnpm ${version} is not on PATH: npx fetches it`);
  const where = await mustRun('npx', ['--yes', `--package=pnpm@${version}`, '-c', 'command -v pnpm'], {
    cwd: root,
    env: environment,
  });
  const pnpm = where.stdout.trim().split('\n').at(-1) ?? '';
  const extended = { ...environment, PATH: [dirname(pnpm), environment.PATH].join(delimiter) };
  const present = await pnpmVersion(extended);
  if (present !== version)
    throw new Failure(`npx was to fetch pnpm ${version}, and PATH leads to ${present ?? 'none'}`);
  return extended;
}

/** @param {NodeJS.ProcessEnv} env */
async function pnpmVersion(env) {
  const { code, stdout } = await run('pnpm', ['--version'], { cwd: root, env });
  return code === 0 ? stdout.trim() : undefined;
}
