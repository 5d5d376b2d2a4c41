import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project; scripts may be called from anywhere. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Everything that scripts make at run time, ignored by git. */
export const dataFolder = join(root, '.data');

/** @returns {{ packageManager: string, engines: { node: string } }} */
export function readManifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/** Switches off what would phone home, and keeps pnpm from looking for another version of itself. */
export const quietEnvironment = {
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
  NPM_CONFIG_UPDATE_NOTIFIER: 'false',
  pnpm_config_pm_on_fail: 'ignore',
};
