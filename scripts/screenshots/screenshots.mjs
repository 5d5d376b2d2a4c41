import { join } from 'node:path';
import { Failure } from '../failure.mjs';
import { root } from '../project.mjs';
import { build } from '../setup/build.mjs';
import { ensureChromium, hasChromium, noChromium } from '../setup/chromium.mjs';
import { runVisibly } from '../setup/command.mjs';
import { setUp } from '../setup/set-up.mjs';
import { note, step } from '../terminal/step.mjs';

/** Of the tests that take them. */
const name = 'look well enough for the README';

/**
 * Makes `docs/images` anew from a running system.
 * @returns {Promise<number>} the exit code
 */
export async function screenshots() {
  const base = await setUp({ needsOwnRedis: true });
  const environment = await step('Chromium', async () => await ensureChromium(base));
  if (!hasChromium(environment)) throw new Failure(noChromium);
  await step('Build', async () => await build(environment));
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const flags = ['--experimental-vm-modules', '--no-warnings', jest, 'browser/pages', '--testNamePattern', name];
  const code = await runVisibly(process.execPath, flags, {
    cwd: join(root, 'e2e'),
    env: { ...environment, UPDATE_SCREENSHOTS: '1' },
  });
  if (code === 0) note('docs/images has the pictures of now');
  return code;
}
