import { Failure } from '../failure.mjs';

export const demoHelp = `npm run demo [-- --exit]

Sets up what is missing, starts Redis, a fake Learnosity at the real quotas, the producer, two workers and the dashboard
on this machine, and does the main job on the files under examples/. Everything runs on until Ctrl-C.

  --exit   stop by itself when the job is done; exit code 0 only if the books agree`;

/**
 * @param {readonly string[]} given
 * @param {string} help told to who gives another one
 * @returns {{ help: boolean, exit: boolean }}
 */
export function readDemoArguments(given, help) {
  const known = ['--help', '-h', '--exit'];
  const unknown = given.filter((argument) => !known.includes(argument));
  if (unknown.length > 0) throw new Failure(`The demo knows no argument ${unknown.join(' ')}.\n\n${help}`);
  return { help: given.includes('--help') || given.includes('-h'), exit: given.includes('--exit') };
}
