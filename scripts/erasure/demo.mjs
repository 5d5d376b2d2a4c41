import { join, relative } from 'node:path';
import { readDemoArguments } from '../demo/arguments.mjs';
import { checkLine } from '../demo/report.mjs';
import { takeRunFolder } from '../demo/run-folder.mjs';
import { stoppable, untilStopped } from '../demo/stoppable.mjs';
import { build } from '../setup/build.mjs';
import { setUp } from '../setup/set-up.mjs';
import { note, step } from '../terminal/step.mjs';
import { bold, dim, green, red } from '../terminal/style.mjs';
import { byHand } from './by-hand.mjs';
import { erasureHelp } from './help.mjs';
import { tellStory } from './story.mjs';
import { startErasureSystem } from './system.mjs';
import { judgeErasure } from './verdict.mjs';

/**
 * @param {readonly string[]} given the command's arguments
 * @returns {Promise<number>} the exit code
 */
export async function demoErasure(given) {
  const chosen = readDemoArguments(given, erasureHelp);
  if (chosen.help) {
    console.log(erasureHelp);
    return 0;
  }
  const environment = await setUp({ needsOwnRedis: false });
  await step('Build', async () => await build(environment));
  const held = await stoppable(async (cleanup, signal) => {
    return await runErasure(environment, cleanup, signal, chosen.exit);
  });
  return held ? 0 : 1;
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @param {import('../demo/cleanup.mjs').CleanupList} cleanup
 * @param {AbortSignal} signal
 * @param {boolean} exitWhenDone
 * @returns {Promise<boolean>} whether all of it held
 */
async function runErasure(environment, cleanup, signal, exitWhenDone) {
  const folder = await takeRunFolder();
  const erasure = await step('The system', async () => {
    return await startErasureSystem({ folder, environment, cleanup, signal });
  });
  const { system } = erasure;
  note(dim(`logs: ${relative(process.cwd(), join(folder, 'logs'))}/*.log`));
  const told = await tellStory(erasure, { folder, environment, signal });
  console.log('');
  const checks = judgeErasure(told, system.consumerKey);
  for (const check of checks) note(checkLine(check));
  const held = checks.every(({ passed }) => passed);
  console.log(`\n${held ? green('All of it held.') : red('Not all of it held.')}`);
  if (exitWhenDone) return held;
  console.log(`
Everything goes on running.
${byHand(erasure, folder)}

${bold('Ctrl-C')} stops it all.`);
  await untilStopped(signal);
  return held;
}
