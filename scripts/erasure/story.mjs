import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBooks } from '../demo/books.mjs';
import { ProducerApi } from '../demo/producer-api.mjs';
import { ProgressBars } from '../demo/progress.mjs';
import { note, step } from '../terminal/step.mjs';
import { dim } from '../terminal/style.mjs';
import { pictureOf } from './browser.mjs';
import { sessionQueue } from './cli.mjs';
import { seedTerm } from './term.mjs';
import { waitFor } from './wait-for.mjs';

const rulePath = '/v1/rules/over-a-year';
const yearMs = 365 * 24 * 3600 * 1000;

/**
 * All that the demo saw, for the verdict.
 * @typedef {object} Told
 * @property {readonly string[]} due sessions completed over a year ago, as the stand-in has them
 * @property {readonly string[]} previewed
 * @property {any} run of the rule
 * @property {number} ownApproval how the registrar's approval was answered
 * @property {any} deletion the request at its end, verified
 * @property {{ certificate: Offline, sessions: Offline, stranger: Offline, journal: Offline, tampered: Offline }} offline
 * @property {any} resubmission
 * @property {any} again the second deletion of one session
 * @property {number} callsForAgain
 * @property {import('../demo/books.mjs').Books} books
 */

/** @typedef {{ code: number, output: string }} Offline */

/**
 * @param {import('./system.mjs').ErasureSystem} erasure
 * @param {object} options
 * @param {string} options.folder of this run
 * @param {NodeJS.ProcessEnv} options.environment
 * @param {AbortSignal} options.signal
 * @returns {Promise<Told>}
 */
export async function tellStory({ system, tokens, publicKey, journal }, { folder, environment, signal }) {
  const registrar = new ProducerApi(system.producerUrl, tokens.registrar);
  const officer = new ProducerApi(system.producerUrl, tokens.officer);

  const now = Date.now();
  const due = await step('Sessions of one and a half years', async () => {
    const sessions = await seedTerm(system.fakeUrl, now);
    const old = sessions.filter(({ completedAt }) => completedAt !== null && completedAt <= now - yearMs);
    note(`${readable(sessions.length)} sessions, of which ${readable(old.length)} were completed over a year ago`);
    return old.map(({ sessionId }) => sessionId);
  });

  const previewed = await step('The registrar sets a rule, and looks at what it would do', async () => {
    await registrar.call('PUT', rulePath, {
      filter: { completed: { olderThan: 'P1Y' } },
      schedule: { cron: '0 3 1 8 *', timeZone: 'Europe/Berlin' },
      mode: 'approve',
      reason: 'retention: one year after completion',
    });
    const preview = await registrar.call('POST', `${rulePath}/preview`, {});
    const selection = await readySelection(registrar, preview.selection.id, signal);
    const { text } = await registrar.ask('GET', `/v1/selections/${selection.id}/sessions`);
    const file = join(folder, 'preview.csv');
    await writeFile(file, text);
    note(`${readable(selection.count)} sessions, digest ${selection.digest.slice(0, 16)}…  ${dim(file)}`);
    return text.trimEnd().split('\n').slice(1);
  });

  const run = await step('The rule runs', async () => {
    const begun = await registrar.call('POST', `${rulePath}/run`, {});
    const ended = await waitFor('The run', signal, async () => {
      const { runs } = await registrar.call('GET', `${rulePath}/runs`);
      return runs.find((/** @type {any} */ one) => one.moment === begun.moment && one.state !== 'selecting');
    });
    note(`${ended.state}: request ${ended.request}`);
    return ended;
  });

  const ownApproval = await step('A second person approves', async () => {
    await waitFor('The request', signal, async () => {
      const { state } = await registrar.getRequest(run.request);
      return state === 'waiting' ? state : undefined;
    });
    const approve = `/v1/requests/${run.request}/approve`;
    const own = await registrar.ask('POST', approve, {});
    note(`registrar: ${own.status} ${JSON.parse(own.text).detail ?? ''}`);
    await officer.call('POST', approve, { reason: 'compared with the retention schedule' });
    note('privacy-officer: approved');
    return own.status;
  });

  const deletion = await step('Deletion at the real quota, and verification', async () => {
    const bars = new ProgressBars();
    const ended = await waitFor('The verified end', signal, async () => {
      const view = /** @type {any} */ (await registrar.getRequest(run.request));
      bars.show(rowsOf(view));
      return view.finishedAt !== undefined && view.verification?.state === 'done' ? view : undefined;
    });
    bars.finish(rowsOf(ended));
    return ended;
  });

  const offline = await step('The certificate, checked offline with the public key alone', async () => {
    return await checkOffline({ registrar, request: run.request, folder, publicKey, journal, environment, signal });
  });

  const [gone = ''] = due;
  const { resubmission, again, callsForAgain } = await step('What is deleted stays deleted', async () => {
    const asked = { reason: 'to see that what is deleted stays deleted', requestedBy: 'registrar' };
    const submission = Buffer.from(JSON.stringify({ session_id: gone, responses: [] })).toString('base64');
    const sent = await finished(registrar, await registrar.resubmit([submission], asked), signal);
    note(`a resubmission of a deleted session: ${sent.state}`);
    const before = await callsOf(system);
    const second = await finished(registrar, await registrar.deleteSessions([gone], asked), signal);
    const callsForSecond = (await callsOf(system)) - before;
    note(`a second deletion of it: ${second.counts.alreadyDeleted} already deleted, ${callsForSecond} calls`);
    const { items } = await registrar.call('GET', `/v1/requests/${sent.id}/items?state=failed`);
    return { resubmission: { ...sent, code: items[0]?.code }, again: second, callsForAgain: callsForSecond };
  });
  const books = await readBooks(system.fakeUrl);
  return { due, previewed, run, ownApproval, deletion, offline, resubmission, again, callsForAgain, books };
}

/**
 * @param {object} options
 * @param {ProducerApi} options.registrar
 * @param {string} options.request
 * @param {string} options.folder
 * @param {string} options.publicKey
 * @param {string} options.journal
 * @param {NodeJS.ProcessEnv} options.environment
 * @param {AbortSignal} options.signal
 */
async function checkOffline({ registrar, request, folder, publicKey, journal, environment, signal }) {
  const path = `/v1/requests/${request}/certificate`;
  const file = join(folder, 'certificate.json');
  const text = await waitFor('The certificate of the verified deletion', signal, async () => {
    const answer = await registrar.ask('GET', path);
    return answer.status === 200 && 'verification' in JSON.parse(answer.text) ? answer.text : undefined;
  });
  await writeFile(file, text);
  const page = await registrar.ask('GET', path, undefined, { accept: 'text/html' });
  const html = join(folder, 'certificate.html');
  await writeFile(html, page.text);
  const picture = await pictureOf(html, environment);
  note(
    `${file}, to print certificate.html beside it${picture === undefined ? '' : ', as a browser shows it certificate.png'}`,
  );

  const key = ['--public-key', publicKey];
  const journals = join(journal, 'default');
  const tampered = join(folder, 'tampered.json');
  await writeFile(tampered, (await readFile(file, 'utf8')).replace(/"succeeded":\d+/, '"succeeded":1'));
  const offline = {
    certificate: await sessionQueue('verify-certificate', file, ...key),
    sessions: await sessionQueue('verify-certificate', file, ...key, '--sessions-file', join(folder, 'preview.csv')),
    stranger: await sessionQueue('verify-certificate', file, ...key, '--session', 'of-somebody-else'),
    journal: await sessionQueue('verify-journal', journals, ...key, '--certificate', file),
    tampered: await sessionQueue('verify-certificate', tampered, ...key),
  };
  for (const [name, { code, output }] of Object.entries(offline)) {
    const [first = ''] = output.split('\n').slice(name === 'sessions' || name === 'stranger' ? 1 : 0);
    note(`${name.padEnd(11)} exit ${code}: ${first}`);
  }
  return offline;
}

/**
 * @param {ProducerApi} api
 * @param {string} id
 * @param {AbortSignal} signal
 */
async function readySelection(api, id, signal) {
  return await waitFor('The selection', signal, async () => {
    const selection = await api.call('GET', `/v1/selections/${id}`);
    return selection.state === 'walking' ? undefined : selection;
  });
}

/**
 * @param {ProducerApi} api
 * @param {{ id: string }} request
 * @param {AbortSignal} signal
 * @returns {Promise<any>}
 */
async function finished(api, { id }, signal) {
  return await waitFor('Its end', signal, async () => {
    const view = await api.getRequest(id);
    return view.finishedAt === undefined ? undefined : view;
  });
}

/** @param {import('../demo/system.mjs').System} system */
async function callsOf({ fakeUrl, consumerKey }) {
  const books = await readBooks(fakeUrl);
  return books.consumers[consumerKey]?.deletion.received ?? 0;
}

/** @param {any} view */
function rowsOf({ counts }) {
  return [
    { name: 'Deleted', done: counts.succeeded, total: counts.total },
    { name: 'Verified', done: counts.verified ?? 0, total: counts.total },
  ];
}

/** @param {number} value */
function readable(value) {
  return value.toLocaleString('en');
}
