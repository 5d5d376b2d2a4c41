import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { root } from '../project.mjs';
import { note } from '../terminal/step.mjs';
import { portNear } from './ports.mjs';
import { startService } from './service.mjs';

/**
 * The whole system as processes of this machine.
 * @typedef {object} System
 * @property {string} redisUrl
 * @property {string} prefix
 * @property {string} producerUrl
 * @property {string} token for the producer
 * @property {string} dashboardUrl
 * @property {{ name: string, password: string }} signIn for the dashboard
 * @property {string} fakeUrl
 * @property {string} consumerKey
 * @property {() => import('./service.mjs').Service[]} dead services that have ended by themselves
 */

/** @typedef {import('./service.mjs').Service} Service */

/**
 * What is to be stopped at the end, the latest first.
 * @typedef {{ add: (name: string, stop: () => Promise<void>) => void }} Cleanup
 */

const consumer = { key: 'demo-consumer-key', secret: randomBytes(20).toString('hex'), domain: 'demo.example' };

/**
 * @param {object} options
 * @param {string} options.folder of this run
 * @param {readonly string[]} options.stand further parameters of the stand-in
 * @param {Record<string, string>} [options.worker] further settings of the workers
 * @param {Record<string, string>} [options.producer] further settings of the producer; by default a key that may do everything
 * @param {NodeJS.ProcessEnv} options.environment
 * @param {Cleanup} options.cleanup
 * @param {AbortSignal} options.signal
 * @returns {Promise<System>}
 */
export async function startSystem({ folder, stand, worker = {}, producer, environment, cleanup, signal }) {
  // Built by now; before the build there was nothing to import.
  const testing = await import('../../packages/testing/dist/index.js');
  const redis = await takeRedis(testing, folder, environment, cleanup);
  /** @type {Service[]} */
  const services = [];
  /** @param {import('./service.mjs').ServicePlan} plan */
  const start = async (plan) => {
    const context = { logs: join(folder, 'logs'), environment, startWatchdog: testing.startWatchdog, signal };
    const service = await startService(plan, context);
    services.push(service);
    cleanup.add(plan.name, service.stop);
    note(`${plan.name.padEnd(15)} ${service.url}`);
    return service;
  };

  const fake = await start({
    name: 'fake-learnosity',
    port: 3040,
    readyPath: '/__books',
    command: (port) => ({
      parameters: [
        join(root, 'packages/fake-learnosity/dist/main.js'),
        `--port=${port}`,
        `--consumer=${consumer.key}:${consumer.secret}:${consumer.domain}`,
        '--job-seconds=1-5',
        '--latency=20-120',
        ...stand,
      ],
      env: {},
    }),
  });
  const shared = { REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix };
  /** @param {number} number */
  const startWorker = async (number) =>
    await start({
      name: `worker-${number}`,
      port: 3019 + number,
      readyPath: '/readyz',
      command: (port) => ({
        parameters: [join(root, 'apps/worker/dist/main.js')],
        env: {
          ...shared,
          WORKER_PORT: String(port),
          LEARNOSITY_CONSUMER_KEY: consumer.key,
          LEARNOSITY_CONSUMER_SECRET: consumer.secret,
          LEARNOSITY_DOMAIN: consumer.domain,
          LEARNOSITY_BASE_URL: fake.url,
          DRAIN_GRACE_MS: '5000',
          ...worker,
        },
      }),
    });
  await startWorker(1);
  await startWorker(2);

  const token = randomBytes(16).toString('hex');
  const api = await start({
    name: 'producer',
    port: 3010,
    readyPath: '/readyz',
    command: (port) => ({
      parameters: [join(root, 'apps/producer/dist/main.js')],
      env: {
        ...shared,
        PRODUCER_PORT: String(port),
        PRODUCER_HOST: '127.0.0.1',
        ...(producer ?? { PRODUCER_API_KEYS: `demo:${token}` }),
      },
    }),
  });
  const signIn = { name: 'admin', password: randomBytes(6).toString('hex') };
  const dashboard = await start({
    name: 'dashboard',
    port: 3030,
    readyPath: '/readyz',
    command: (port) => ({
      parameters: [join(root, 'apps/dashboard/dist/main.js')],
      env: {
        ...shared,
        DASHBOARD_PORT: String(port),
        DASHBOARD_HOST: '127.0.0.1',
        DASHBOARD_USERS: `${signIn.name}:${signIn.password}:admin`,
      },
    }),
  });
  return {
    redisUrl: redis.url,
    prefix: redis.prefix,
    producerUrl: api.url,
    token,
    dashboardUrl: dashboard.url,
    signIn,
    fakeUrl: fake.url,
    consumerKey: consumer.key,
    dead: () => services.filter((service) => !service.isRunning()),
  };
}

/**
 * The Redis at REDIS_URL with a prefix of this run's own, else one started for the demo.
 * @param {typeof import('../../packages/testing/dist/index.js')} testing
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} environment
 * @param {Cleanup} cleanup
 * @returns {Promise<{ url: string, prefix: string }>}
 */
async function takeRedis(testing, folder, environment, cleanup) {
  const given = environment.REDIS_URL ?? '';
  if (given !== '') {
    const prefix = `session-queue-demo-${randomBytes(4).toString('hex')}`;
    cleanup.add("the demo's keys", async () => await testing.removeKeys(given, prefix));
    note(`${'redis'.padEnd(15)} REDIS_URL, every key under the prefix ${prefix}`);
    return { url: given, prefix };
  }
  const binary = environment.REDIS_SERVER_BIN;
  const server = await testing.startRedis({
    folder: join(folder, 'redis'),
    port: await portNear(6379),
    ...(binary === undefined ? {} : { binary }),
  });
  cleanup.add('redis', async () => await server.stop());
  note(`${'redis'.padEnd(15)} ${server.url}`);
  return { url: server.url, prefix: 'session-queue' };
}
