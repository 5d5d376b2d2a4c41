import { withoutServiceStarts } from './apt-redis.mjs';
import { run } from './command.mjs';

/** A mirror that takes longer for a package and what it needs is not waited for. */
const mostSeconds = 240;

/**
 * Installs a package that some tests can do without. What goes over the network is bounded: the other tests do not
 * wait for a mirror that answers nothing. What is unpacked is not, since an end in the midst of it would leave apt
 * broken. Services of the package do not start.
 * @param {string} name
 * @returns {Promise<string | undefined>} what went wrong, if anything
 */
export async function installPackage(name) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', name];
  const commands = [
    ['timeout', String(mostSeconds), 'apt-get', 'update'],
    ['timeout', String(mostSeconds), ...install, '--download-only'],
    [...install, '--no-download'],
  ];
  /** @type {string | undefined} */
  let fault;
  await withoutServiceStarts(async () => {
    for (const [program = '', ...parameters] of commands) {
      const { code, output } = await run(program, parameters, { env });
      if (code === 0) continue;
      const last = output.trimEnd().split('\n').at(-1) ?? '';
      fault = `'${[program, ...parameters].join(' ')}' ended with exit code ${code}: ${last}`;
      return;
    }
  });
  return fault;
}
