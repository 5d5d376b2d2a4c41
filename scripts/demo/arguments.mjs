import { Failure } from '../failure.mjs';

export const demoHelp = `npm run demo [-- --exit]

Sets up what is missing, starts Redis, a fake Learnosity at the real quotas, the producer, two workers and the dashboard
on this machine, and does the main job on the files under examples/. Everything runs on until Ctrl-C.

  --exit   stop by itself when the job is done; exit code 0 only if the books agree`;

/**
 * @param {readonly string[]} given
 * @returns {{ help: boolean, exit: boolean }}
 */
export function readDemoArguments(given) {
  const known = ['--help', '-h', '--exit'];
  const unknown = given.filter((argument) => !known.includes(argument));
  if (unknown.length > 0) throw new Failure(`The demo knows no argument ${unknown.join(' ')}.\n\n${demoHelp}`);
  return { help: given.includes('--help') || given.includes('-h'), exit: given.includes('--exit') };
}
