import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.mjs';
import { portNear } from './ports.mjs';

/**
 * @typedef {object} ServicePlan
 * @property {string} name
 * @property {number} port the wanted one; another is taken where it is not free
 * @property {(port: number) => { parameters: string[], env: Record<string, string> }} command what Node is to run
 * @property {string} readyPath answers 200 once the service is ready
 * @property {number} [readyWithinMs]
 */

/**
 * @typedef {object} ServiceContext
 * @property {string} logs the folder for the logs
 * @property {NodeJS.ProcessEnv} environment
 * @property {(pid: number) => () => void} startWatchdog ends a process should this one be killed
 * @property {AbortSignal} signal gives the start up
 */

/**
 * @typedef {object} Service
 * @property {string} name
 * @property {string} url
 * @property {string} log
 * @property {Promise<void>} ended
 * @property {() => boolean} isRunning
 * @property {() => Promise<void>} stop ends it in order, or by force after a while; safe twice
 */

const startAttempts = 3;
const orderlyEndMs = 8_000;

/**
 * Starts an app as a process of its own, its output in a log file, and waits until it is ready.
 * @param {ServicePlan} plan
 * @param {ServiceContext} context
 * @returns {Promise<Service>}
 */
export async function startService(plan, context) {
  for (let attempt = 1; ; attempt++) {
    context.signal.throwIfAborted();
    const service = launch(plan, await portNear(plan.port), context);
    const fault = await waitUntilReady(service, plan, context.signal);
    if (fault === undefined) return service;
    await service.stop();
    context.signal.throwIfAborted();
    const text = await readFile(service.log, 'utf8');
    if (attempt < startAttempts && text.includes('EADDRINUSE')) continue;
    throw new Failure(`${plan.name} ${fault}\n\n${await tailOf(service.log)}`);
  }
}

/**
 * @param {ServicePlan} plan
 * @param {number} port
 * @param {ServiceContext} context
 * @returns {Service}
 */
function launch({ name, command }, port, { logs, environment, startWatchdog }) {
  const log = join(logs, `${name}.log`);
  const { parameters, env } = command(port);
  const output = openSync(log, 'w');
  const child = spawn(process.execPath, parameters, {
    env: { ...environment, ...env },
    stdio: ['ignore', output, output],
    // Its own group: Ctrl-C reaches the demo only, which then ends everything in order.
    detached: true,
  });
  closeSync(output);
  const disarm = child.pid === undefined ? () => undefined : startWatchdog(child.pid);
  let isRunning = true;
  const ended = new Promise((/** @type {(value: void) => void} */ resolve) => {
    const end = () => {
      isRunning = false;
      disarm();
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    log,
    ended,
    isRunning: () => isRunning,
    stop: async () => {
      if (!isRunning) return;
      const force = setTimeout(() => child.kill('SIGKILL'), orderlyEndMs);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(force);
    },
  };
}

/**
 * @param {Service} service
 * @param {ServicePlan} plan
 * @param {AbortSignal} signal
 * @returns {Promise<string | undefined>} why it is not ready
 */
async function waitUntilReady(service, { readyPath, readyWithinMs = 30_000 }, signal) {
  const giveUpAt = Date.now() + readyWithinMs;
  let last = 'it did not answer';
  while (Date.now() < giveUpAt) {
    if (signal.aborted) return 'was not awaited any longer.';
    if (!service.isRunning()) return 'ended before it was ready.';
    try {
      const response = await fetch(`${service.url}${readyPath}`, { signal: AbortSignal.timeout(2_000) });
      const text = await response.text();
      if (response.ok) return undefined;
      last = `${readyPath} said ${response.status} ${text}`;
    } catch {
      // Not listening yet.
    }
    await sleep(100);
  }
  return `was not ready within ${readyWithinMs / 1_000} s: ${last}`;
}

/**
 * The end of a log, for a person who wonders what went wrong.
 * @param {string} log
 */
export async function tailOf(log, lines = 30) {
  const text = await readFile(log, 'utf8').catch(() => '');
  return `The end of ${log}:\n${text.trimEnd().split('\n').slice(-lines).join('\n')}`;
}
