import { join } from 'node:path';
import { exampleEnvironment } from '../demo/examples.mjs';
import { bold } from '../terminal/style.mjs';

const cli = 'node apps/producer/dist/cli.js';

/**
 * What somebody needs to go on by hand: where all is, both people's tokens, and commands to type in the project's folder.
 * @param {import('./system.mjs').ErasureSystem} erasure
 * @param {string} folder of this run
 * @returns {string}
 */
export function byHand({ system, tokens, publicKey, journal }, folder) {
  const { dashboardUrl, signIn, producerUrl } = system;
  const { SESSION_QUEUE_URL, SESSION_QUEUE_TOKEN } = exampleEnvironment({ ...system, token: tokens.registrar });
  const [certificate, journals] = [join(folder, 'certificate.json'), join(journal, 'default')];
  return `  Dashboard    ${bold(dashboardUrl)}   sign in as ${bold(signIn.name)} with the password ${bold(signIn.password)}
  Certificate  ${bold(join(folder, 'certificate.html'))}
  Producer     ${producerUrl}
  Tokens       registrar ${tokens.registrar}, privacy-officer ${tokens.officer}
  Public key   ${publicKey}
  Journal      ${journals}

Go on by hand, in another shell, in the project's folder, as the registrar:

  export SESSION_QUEUE_URL=${SESSION_QUEUE_URL} SESSION_QUEUE_TOKEN=${SESSION_QUEUE_TOKEN}
  ${cli} select --completed-before 100d --reason 'by hand' --watch
  ${cli} delete --selection <selection> --reason 'by hand'
  ${cli} legal-hold add --user user-17 --reason 'a complaint'
  SESSION_QUEUE_TOKEN=${tokens.officer} ${cli} approve <request> --reason 'compared'
  ${cli} certificate <request> --output certificate.json

Check offline:

  ${cli} verify-certificate ${certificate} --public-key ${publicKey}
  ${cli} verify-journal ${journals} --public-key ${publicKey} --certificate ${certificate}`;
}
