import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.mjs';
import { dataFolder } from '../project.mjs';
import { mustRun } from './command.mjs';
import { findProgram, isRunnable } from './find-program.mjs';

const packageVersion = '0.17.1';
const redisVersion = '7.2.11';
const folder = join(dataFolder, 'tools');

/**
 * The server that an earlier build has left.
 * @returns {string | undefined}
 */
export function builtRedis() {
  const server = join(folder, 'redis', redisVersion, 'redis-server');
  return isRunnable(server) ? server : undefined;
}

/** @param {NodeJS.ProcessEnv} environment */
export function canBuild(environment) {
  const has = (/** @type {string[]} */ names) => findProgram(names, environment) !== undefined;
  return has(['make']) && has(['cc', 'gcc', 'clang']);
}

/**
 * Has redis-memory-server fetch and compile a Redis, once. It is installed apart from the project's packages: where
 * a Redis is at hand nobody needs it.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string>} the path of the server
 */
export async function buildRedis(environment) {
  await mkdir(folder, { recursive: true });
  const env = {
    ...environment,
    // The build is started below, where its failure is seen.
    REDISMS_DISABLE_POSTINSTALL: '1',
    REDISMS_VERSION: redisVersion,
    REDISMS_DOWNLOAD_DIR: join(folder, 'redis'),
    // Without it the package takes its source from whoever answers.
    npm_config_strict_ssl: 'true',
  };
  const spec = `redis-memory-server@${packageVersion}`;
  await mustRun('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', spec], {
    cwd: folder,
    env,
  });
  const script = `
    const { default: RedisBinary } = require('redis-memory-server/lib/util/RedisBinary');
    RedisBinary.getPath({}).then(
      (path) => console.log('\\n' + path),
      (error) => { console.error(error); process.exit(1); },
    );`;
  const { stdout } = await mustRun(process.execPath, ['--eval', script], { cwd: folder, env });
  const server = stdout.trim().split('\n').at(-1) ?? '';
  if (!isRunnable(server)) throw new Failure(`the build gave no server that can be run: '${server}'`);
  return server;
}
