import { existsSync } from 'node:fs';
import { note } from '../terminal/step.mjs';
import { installPackage } from './apt-package.mjs';
import { aptCanInstall } from './apt-redis.mjs';

/** As Debian's package has them; the tests of e2e/test/monitoring look there. */
const programs = ['/usr/bin/prometheus', '/usr/bin/promtool'];

/**
 * What the search for a Prometheus may do; tests hand in their own.
 * @typedef {object} PrometheusSources
 * @property {() => boolean} isPresent
 * @property {() => Promise<boolean>} canInstall
 * @property {() => Promise<string | undefined>} install answers with what went wrong, if anything
 */

/** @type {PrometheusSources} */
const realSources = {
  isPresent: () => programs.every((program) => existsSync(program)),
  canInstall: aptCanInstall,
  install: async () => await installPackage('prometheus'),
};

/**
 * Finds Prometheus and promtool for the tests of alerts and scrapes, or installs Debian's package as root. Where that
 * is in vain those tests are skipped.
 * @param {{ mayInstall: boolean }} options for a few tests out of many nobody waits for a package
 * @param {PrometheusSources} sources
 * @returns {Promise<boolean>} whether it is there
 */
export async function ensurePrometheus({ mayInstall }, sources = realSources) {
  if (!sources.isPresent() && mayInstall && (await sources.canInstall())) {
    note('no Prometheus: installing the package prometheus with apt-get');
    const fault = await sources.install();
    if (fault !== undefined) note(`that did not work: ${fault}`);
  }
  return sources.isPresent();
}

export const noPrometheus = `The tests of the alert rules and of a real Prometheus are skipped: there is none here.
  Debian, Ubuntu    sudo apt-get install --no-install-recommends prometheus`;
