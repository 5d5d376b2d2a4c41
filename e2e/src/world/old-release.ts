import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { NotHere } from '../scenarios/scenario.ts';
import { projectFolder } from './places.ts';
import { type Release, releaseIn } from './release.ts';

const run = promisify(execFile);

/**
 * The last commit whose scripts count no figures, and the one whose full run of the faults held every rule ("Write down a full run of
 * the faults in which every rule holds"). Of all that keep data as of now it differs most: newer ones write what it does not know.
 */
const oldCommit = '79ee473796a66f64f524112a722162ce6de316c2';

const tookTooLongMs = 300_000;
const apps = ['--filter', '@session-queue/worker...', '--filter', '@session-queue/producer...'];
const manifestSchema = z.object({ packageManager: z.string() });

export interface OldRelease extends Release {
  /** Takes it away with all it holds. */
  end(): Promise<void>;
}

/** Builds worker and producer of the old commit in a folder of its own, or says why that cannot be here. */
export async function buildOldRelease(project = projectFolder): Promise<OldRelease | NotHere> {
  if (!(await isInHistory(project, oldCommit)))
    return {
      notHere: `this copy's history does not hold ${oldCommit.slice(0, 7)}, the release to upgrade from: git fetch --unshallow`,
    };
  const folder = await mkdtemp(join(tmpdir(), 'session-queue-old-'));
  const end = async () => await rm(folder, { recursive: true, force: true });
  try {
    const archive = join(folder, 'source.tar');
    await inFolder(project, 'git', ['archive', '--output', archive, oldCommit]);
    await inFolder(folder, 'tar', ['--extract', '--file', archive]);
    const pnpm = await pinnedPnpm(folder);
    await inFolder(folder, 'npx', ['--yes', pnpm, 'install', '--frozen-lockfile', '--prefer-offline', ...apps]);
    await inFolder(folder, 'npx', ['--yes', pnpm, ...apps, 'run', 'build']);
    return { ...releaseIn(folder), end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function isInHistory(project: string, commit: string): Promise<boolean> {
  return await inFolder(project, 'git', ['cat-file', '-e', `${commit}^{commit}`]).then(
    () => true,
    () => false,
  );
}

/** As npx wants it: without the hash that may follow. */
async function pinnedPnpm(folder: string): Promise<string> {
  const manifest = manifestSchema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  return manifest.packageManager.replace(/\+.*$/, '');
}

async function inFolder(cwd: string, program: string, parameters: readonly string[]): Promise<void> {
  await run(program, parameters, { cwd, timeout: tookTooLongMs, maxBuffer: 64 * 1024 * 1024 });
}
