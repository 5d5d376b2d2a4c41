import { join } from 'node:path';
import { root } from '../project.mjs';
import { build } from '../setup/build.mjs';
import { runVisibly } from '../setup/command.mjs';
import { setUp } from '../setup/set-up.mjs';
import { step } from '../terminal/step.mjs';

/**
 * @param {readonly string[]} given the scenario runner's own arguments
 * @returns {Promise<number>} the exit code
 */
export async function faults(given) {
  const environment = await setUp({ needsOwnRedis: true });
  await step('Build', async () => await build(environment));
  return await runVisibly(process.execPath, [join(root, 'e2e/dist/main.js'), ...given], {
    cwd: root,
    env: environment,
  });
}
