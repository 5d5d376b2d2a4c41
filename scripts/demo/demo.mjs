import { join, relative } from 'node:path';
import { root } from '../project.mjs';
import { build } from '../setup/build.mjs';
import { setUp } from '../setup/set-up.mjs';
import { note, step } from '../terminal/step.mjs';
import { bold, dim, green, red } from '../terminal/style.mjs';
import { demoHelp, readDemoArguments } from './arguments.mjs';
import { exampleCommands, exampleEnvironment } from './examples.mjs';
import { readInput } from './input.mjs';
import { doMainJob } from './main-job.mjs';
import { checkLine, summaryLines } from './report.mjs';
import { takeRunFolder } from './run-folder.mjs';
import { stoppable, untilStopped } from './stoppable.mjs';
import { startSystem } from './system.mjs';
import { judge } from './verdict.mjs';

/**
 * @param {readonly string[]} given the command's arguments
 * @returns {Promise<number>} the exit code
 */
export async function demo(given) {
  const chosen = readDemoArguments(given, demoHelp);
  if (chosen.help) {
    console.log(demoHelp);
    return 0;
  }
  const environment = await setUp({ needsOwnRedis: false });
  await step('Build', async () => await build(environment));

  const agreed = await stoppable(async (cleanup, signal) => {
    return await runDemo(environment, cleanup, signal, chosen.exit);
  });
  return agreed ? 0 : 1;
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @param {import('./cleanup.mjs').CleanupList} cleanup
 * @param {AbortSignal} signal
 * @param {boolean} exitWhenDone
 * @returns {Promise<boolean>} whether the books agree
 */
async function runDemo(environment, cleanup, signal, exitWhenDone) {
  const examples = join(root, 'examples');
  const input = await readInput(examples);
  const folder = await takeRunFolder();
  const system = await step('The system', async () => {
    const stand = [`--gone-file=${join(examples, 'already-gone.txt')}`, '--gone=refuse-named'];
    return await startSystem({ folder, stand, environment, cleanup, signal });
  });
  note(dim(`logs: ${relative(process.cwd(), join(folder, 'logs'))}/*.log`));
  console.log(`\n${dashboardLine(system)}\n`);
  const gone = new Set(input.sessionIds.filter((id) => input.gone.has(id))).size;
  note('The stand-in is set to the harder answer for sessions already gone: it refuses the whole call, naming one of');
  note(`them. ${gone} of the ids are gone, so ${gone} of the calls go to finding them.`);

  const { deletion, resubmission, books } = await step('The main job', async () => {
    return await doMainJob({ system, input, signal });
  });
  console.log(`\n${bold('Summary')}, read back from the system and from the books of the fake Learnosity`);
  for (const line of summaryLines({ deletion, resubmission, books, consumerKey: system.consumerKey })) note(line);
  console.log('');
  const checks = judge({ input, deletion, resubmission, books, consumerKey: system.consumerKey });
  for (const check of checks) note(checkLine(check));
  const agreed = checks.every(({ passed }) => passed);
  console.log(`\n${agreed ? green('The books agree.') : red('The books do not agree.')}`);

  if (!exitWhenDone) await stayUntilStopped(system, signal);
  return agreed;
}

/** @param {import('./system.mjs').System} system */
function dashboardLine({ dashboardUrl, signIn }) {
  return `  Dashboard  ${bold(dashboardUrl)}   sign in as ${bold(signIn.name)} with the password ${bold(signIn.password)}`;
}

/**
 * @param {import('./system.mjs').System} system
 * @param {AbortSignal} signal
 */
async function stayUntilStopped(system, signal) {
  const variables = Object.entries(exampleEnvironment(system)).map(([name, value]) => `${name}=${value}`);
  console.log(`
Everything goes on running.
${dashboardLine(system)}
  Producer   ${system.producerUrl}   Authorization: Bearer ${system.token}

Ask for more, in another shell, in the project's folder:

  export ${variables.join(' ')}
${exampleCommands.map((command) => `  ${command}`).join('\n')}

${bold('Ctrl-C')} stops it all.`);
  await untilStopped(signal);
}
