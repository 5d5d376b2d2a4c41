import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from './app.ts';
import { preloaded } from './preloaded.ts';

/** A clock that is wrong until it is set right, in one jump. Timers go on as they are, as they do when a machine's clock is set. */
export interface WrongClock {
  /** For `world.addWorker`. */
  env: Readonly<Record<string, string>>;
  setRight(worker: App): Promise<void>;
  /** Takes away what it needed. */
  end(): Promise<void>;
}

/** libfaketime looks into its file again after so long. */
const looksAgainAfterS = 1;

/** libfaketime of the system (Debian's package of this name), where it is: it shifts what the process itself is told. */
export function findFaketime(): string | undefined {
  const folders = ['/usr/lib', '/usr/local/lib', ...inside('/usr/lib')];
  return folders.map((folder) => join(folder, 'faketime/libfaketimeMT.so.1')).find((path) => existsSync(path));
}

export async function faketimeClock(library: string, shiftMs: number): Promise<WrongClock> {
  const folder = await mkdtemp(join(tmpdir(), 'session-queue-clock-'));
  const file = join(folder, 'shift');
  const shift = async (ms: number): Promise<void> => await writeFile(file, `${ms < 0 ? '' : '+'}${ms / 1_000}\n`);
  await shift(shiftMs);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: String(looksAgainAfterS),
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    setRight: async () => await shift(0),
    end: async () => await rm(folder, { recursive: true }),
  };
}

/** Without libfaketime: the worker's `Date` alone. */
export function preloadedClock(shiftMs: number): WrongClock {
  return {
    env: preloaded('shift-clock', { CLOCK_SHIFT_MS: shiftMs }),
    setRight: async ({ child }) => {
      child.signal('SIGUSR2');
      await child.says('the clock is set right');
    },
    end: async () => undefined,
  };
}

function inside(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
