import { delimiter, dirname } from 'node:path';
import { Failure } from '../failure.mjs';
import { note } from '../terminal/step.mjs';
import { aptCanInstall, installWithApt } from './apt-redis.mjs';
import { buildRedis, builtRedis, canBuild } from './built-redis.mjs';
import { findProgram, isRunnable } from './find-program.mjs';

const serverNames = ['redis-server', 'valkey-server'];

/**
 * What the search for a server may do; tests hand in their own.
 * @typedef {object} RedisSources
 * @property {() => string | undefined} builtRedis the server of an earlier build
 * @property {() => Promise<boolean>} aptCanInstall
 * @property {() => Promise<void>} installWithApt
 * @property {(environment: NodeJS.ProcessEnv) => boolean} canBuild
 * @property {(environment: NodeJS.ProcessEnv) => Promise<string>} buildRedis gives the path of the server
 */

/** @type {RedisSources} */
const realSources = { builtRedis, aptCanInstall, installWithApt, canBuild, buildRedis };

/**
 * Finds a Redis server to run, or gets one: REDIS_SERVER_BIN, PATH, apt (as root on Debian or Ubuntu), a build from
 * source. Throws a Failure with the commands for each system when all of it is in vain.
 * @param {NodeJS.ProcessEnv} environment
 * @param {RedisSources} sources
 * @returns {Promise<NodeJS.ProcessEnv>} the environment with the server in REDIS_SERVER_BIN and on PATH
 */
export async function ensureRedisServer(environment, sources = realSources) {
  const server = await findOrGet(environment, sources);
  note(`Redis server: ${server}`);
  const PATH = [environment.PATH, dirname(server)].join(delimiter);
  return { ...environment, REDIS_SERVER_BIN: server, PATH };
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @param {RedisSources} sources
 */
async function findOrGet(environment, sources) {
  const named = environment.REDIS_SERVER_BIN ?? '';
  if (named !== '') {
    if (isRunnable(named)) return named;
    throw new Failure(`REDIS_SERVER_BIN is '${named}', which cannot be run.`);
  }
  const present = findProgram(serverNames, environment) ?? sources.builtRedis();
  if (present !== undefined) return present;

  /** @type {string[]} */
  const tried = [];
  if (await sources.aptCanInstall()) {
    try {
      note('no redis-server and no valkey-server on PATH: installing the package redis-server with apt-get');
      await sources.installWithApt();
      const installed = findProgram(serverNames, { PATH: `${environment.PATH}${delimiter}/usr/bin` });
      if (installed !== undefined) return installed;
    } catch (error) {
      tried.push(`apt-get: ${messageOf(error)}`);
    }
  }
  if (sources.canBuild(environment)) {
    try {
      note('building a Redis from source, once; this takes a few minutes');
      return await sources.buildRedis(environment);
    } catch (error) {
      tried.push(`building from source: ${messageOf(error)}`);
    }
  }
  throw new Failure([...tried, noRedis].join('\n\n'));
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

const noRedis = `There is no Redis here, and none could be installed. Do one of these and run the command again:
  Debian, Ubuntu    sudo apt-get install redis-server
  Fedora, RHEL      sudo dnf install valkey    (or redis)
  Alpine            sudo apk add redis         (or valkey)
  Arch              sudo pacman -S valkey
  macOS             brew install redis
  Windows           use WSL, and there Debian or Ubuntu
  anywhere          have make and a C compiler on PATH, and a Redis is built from source
                    or set REDIS_URL to a Redis that is append-only and evicts nothing`;
