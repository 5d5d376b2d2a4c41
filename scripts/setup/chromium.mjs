import { readFile } from 'node:fs/promises';
import { Failure } from '../failure.mjs';
import { note } from '../terminal/step.mjs';
import { installPackage } from './apt-package.mjs';
import { aptCanInstall } from './apt-redis.mjs';
import { findProgram, isRunnable } from './find-program.mjs';

const programNames = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * What the search for a browser may do; tests hand in their own.
 * @typedef {object} ChromiumSources
 * @property {() => Promise<boolean>} debianCanInstall
 * @property {() => Promise<string | undefined>} installWithApt answers with what went wrong, if anything
 */

/** @type {ChromiumSources} */
const realSources = { debianCanInstall, installWithApt: async () => await installPackage('chromium') };

/**
 * For a few tests out of many nobody waits for a package.
 * @type {ChromiumSources}
 */
export const presentOnly = { ...realSources, debianCanInstall: async () => false };

/**
 * Finds a Chromium for the browser tests, or gets one: CHROMIUM_PATH, PATH, apt (as root on Debian). Where all of
 * that is in vain these tests are skipped: everything else can be tested without one.
 * @param {NodeJS.ProcessEnv} environment
 * @param {ChromiumSources} sources
 * @returns {Promise<NodeJS.ProcessEnv>} the environment, with the browser in CHROMIUM_PATH where there is one
 */
export async function ensureChromium(environment, sources = realSources) {
  const browser = await findOrGet(environment, sources);
  if (browser === undefined) return environment;
  note(`Chromium: ${browser}`);
  return { ...environment, CHROMIUM_PATH: browser };
}

/** @param {NodeJS.ProcessEnv} environment */
export function hasChromium(environment) {
  return (environment.CHROMIUM_PATH ?? '') !== '';
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @param {ChromiumSources} sources
 */
async function findOrGet(environment, sources) {
  const named = environment.CHROMIUM_PATH ?? '';
  if (named !== '') {
    if (isRunnable(named)) return named;
    throw new Failure(`CHROMIUM_PATH is '${named}', which cannot be run.`);
  }
  const present = findProgram(programNames, environment);
  if (present !== undefined || !(await sources.debianCanInstall())) return present;
  note('no Chromium on PATH: installing the package chromium with apt-get');
  const fault = await sources.installWithApt();
  if (fault !== undefined) note(`that did not work: ${fault}`);
  return findProgram(programNames, environment);
}

/** Debian's chromium is one; Ubuntu's installs a snap, which containers cannot. */
async function debianCanInstall() {
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID="?debian"?$/m.test(osRelease) && (await aptCanInstall());
}

export const noChromium = `The browser tests are skipped: there is no Chromium here. Do one of these to have them run:
  Debian            sudo apt-get install chromium
  Ubuntu, Fedora    sudo snap install chromium, sudo dnf install chromium
  macOS             brew install --cask chromium
  anywhere          set CHROMIUM_PATH to a Chromium or Chrome`;
