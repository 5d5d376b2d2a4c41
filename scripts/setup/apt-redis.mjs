import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { note } from '../terminal/step.mjs';
import { mustRun, run } from './command.mjs';
import { findProgram } from './find-program.mjs';

/** Debian's word on whether a package may start its service. https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt */
const policyFile = '/usr/sbin/policy-rc.d';

/**
 * Whether this is Debian, Ubuntu or one of their kin, by the text of /etc/os-release.
 * @param {string} osRelease
 */
export function isDebianLike(osRelease) {
  const values = [...osRelease.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].map(([, value = '']) => value.replace(/["']/g, ''));
  return values.flatMap((value) => value.split(' ')).some((id) => id === 'debian' || id === 'ubuntu');
}

/** Whether packages can be installed here without asking anybody: as root, on Debian or Ubuntu. */
export async function aptCanInstall() {
  if (process.getuid?.() !== 0 || findProgram(['apt-get'], process.env) === undefined) return false;
  return isDebianLike(await readFile('/etc/os-release', 'utf8').catch(() => ''));
}

/** Installs redis-server and leaves its service neither running nor starting with the machine: we start our own. */
export async function installWithApt() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await mustRun('apt-get', ['update'], { env });
  await withoutServiceStarts(async () => {
    await mustRun('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], { env });
  });
  if (findProgram(['systemctl'], process.env) !== undefined) {
    const { code } = await run('systemctl', ['disable', '--now', 'redis-server']);
    if (code === 0) note('the service redis-server of the package is switched off; this project starts its own Redis');
  }
}

/** @param {() => Promise<void>} install */
export async function withoutServiceStarts(install) {
  // A policy that is there already is somebody's decision.
  const isOurs = !existsSync(policyFile);
  if (isOurs) await writeFile(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    if (isOurs) await rm(policyFile, { force: true });
  }
}
