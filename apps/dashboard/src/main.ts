import { setTimeout as delay } from 'node:timers/promises';
import {
  connectRedis,
  createLogger,
  exitOnBadSettings,
  readSettings,
  redisSettings,
  SessionQueueClient,
} from '@session-queue/core';
import { AuditTrail, KindSwitch } from '@session-queue/core/engine';
import { MetricsServer } from '@session-queue/core/metrics';
import { createApp } from './http/app.ts';
import { DashboardServer } from './http/server.ts';
import { EventStreams } from './live/event-streams.ts';
import { DashboardMetrics } from './metrics/dashboard-metrics.ts';
import { readQueue } from './metrics/queue-reading.ts';
import { Queues } from './queues.ts';
import { asksForSignIn, dashboardSettings, listenHost } from './settings.ts';
import { signInBy } from './sign-in/sign-in.ts';

/** A stop takes at most this; then the process ends whatever still hangs. */
const stopWithinMs = 12_000;

const settings = exitOnBadSettings(() => readSettings(dashboardSettings, process.env));
const { DASHBOARD_PORT: port, REDIS_PREFIX: prefix, RETENTION_DAYS: retentionDays } = settings;

const logger = createLogger({ level: settings.LOG_LEVEL, name: 'dashboard' });
// Fails at once while Redis is away, so that a page says so instead of hanging.
const redis = connectRedis(redisSettings(settings), 'producer', logger);
const queues = new Queues(redis, prefix, logger);
const sessionQueue = new SessionQueueClient({ redis, prefix, retentionDays });
const signIn = asksForSignIn(settings) ? await signInBy(settings, redis, logger) : undefined;
const streams = new EventStreams();
const consumers = () => sessionQueue.consumers();
const metrics = new DashboardMetrics(() => readQueue({ redis, prefix, queues, consumers }), logger);
const app = createApp({
  redis,
  prefix,
  queues,
  sessionQueue,
  kindSwitch: new KindSwitch(redis, prefix),
  rules: sessionQueue.rules,
  holds: sessionQueue.holds,
  streams,
  signIn,
  attempted: (outcome) => metrics.signInAttempted(outcome),
  trail: new AuditTrail(redis, prefix),
  ownUrl: settings.DASHBOARD_URL,
  logger,
});
const host = listenHost(settings);
const server = new DashboardServer(app, { port, host });
const metricsServer =
  settings.METRICS_PORT === undefined
    ? undefined
    : new MetricsServer({ text: () => metrics.text(), port: settings.METRICS_PORT, host, logger });

async function stop(signal: string): Promise<void> {
  logger.info({ signal }, 'stopping');
  setTimeout(() => {
    logger.error('the stop took too long');
    process.exit(1);
  }, stopWithinMs).unref();
  streams.stop();
  signIn?.userFile?.stop();
  await server.stop();
  metricsServer?.stop();
  await Promise.race([
    Promise.allSettled([queues.close(), sessionQueue.close()]),
    delay(2_000, undefined, { ref: false }),
  ]);
  // One that is ended while it is still being made complains of that.
  redis.removeAllListeners('error').on('error', () => undefined);
  redis.disconnect();
  logger.info('stopped');
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));

try {
  const metricsPort = await metricsServer?.start();
  const { address, port: listening } = await server.start();
  logger.info({ address, port: listening, metricsPort }, 'the dashboard listens');
  signIn?.userFile?.start();
  if (signIn === undefined) {
    logger.warn('DASHBOARD_USERS_FILE is not set: only this machine is answered, and everyone on it is an admin');
  }
  if (settings.DASHBOARD_USERS.length > 0) {
    logger.warn(
      'DASHBOARD_USERS holds passwords as they are: for trying things out; DASHBOARD_USERS_FILE holds hashes',
    );
  }
} catch (error) {
  const metricsPort = settings.METRICS_PORT;
  logger.fatal({ err: error, port, metricsPort }, 'the dashboard cannot listen (DASHBOARD_PORT, METRICS_PORT)');
  process.exitCode = 1;
  await stop('no port');
}
