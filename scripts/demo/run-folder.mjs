import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from '../project.mjs';

/**
 * An empty folder for this run: `demo` below the given folder, or `demo-2`, `demo-3`, ... while other demos still run.
 * What an earlier run has left there is removed.
 */
export async function takeRunFolder(parent = dataFolder) {
  for (let number = 1; ; number++) {
    const folder = join(parent, number === 1 ? 'demo' : `demo-${number}`);
    const owner = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''));
    if (isAnotherProcess(owner)) continue;
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, 'logs'), { recursive: true });
    await writeFile(join(folder, 'pid'), String(process.pid));
    return folder;
  }
}

/** @param {number} pid */
function isAnotherProcess(pid) {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is alive as well.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
