import {
  checkSystem,
  connectRedis,
  createLogger,
  exitOnBadSettings,
  readSettings,
  redisSettings,
  SessionQueueClient,
} from '@session-queue/core';
import { MetricsServer } from '@session-queue/core/metrics';
import { startTracing } from '@session-queue/tracing';
import { createApp } from './app.ts';
import { callersOf } from './auth/callers.ts';
import { callbackFault } from './callbacks/callback-check.ts';
import { CallbackRunner } from './callbacks/callback-runner.ts';
import { Reach } from './callbacks/reach.ts';
import { RequestEvents } from './events/request-events.ts';
import { IdempotencyRecords } from './idempotency/idempotency-records.ts';
import { ProducerMetrics } from './metrics/producer-metrics.ts';
import { within } from './server/deadline.ts';
import { HttpService } from './server/http-service.ts';
import { redisProblems } from './server/redis-problems.ts';
import { listenHost, producerSettings } from './settings.ts';

/** How long an upload's key stays taken after its producer died, in ms. */
const idempotencyLeaseMs = 10_000;
/** How long requests under way may take to finish at the end, in ms: an upload of a million ids takes some seconds. */
const stopGraceMs = 30_000;
/** How long the queue may take to let go of Redis, in ms. */
const closeGraceMs = 2_000;
/** A stop takes at most this; then the process ends whatever still hangs. */
const stopWithinMs = 40_000;

const settings = exitOnBadSettings(() => readSettings(producerSettings, process.env));
const log = createLogger({ level: settings.LOG_LEVEL, name: 'producer' });
const tracing = await startTracing({ app: 'producer', settings, logger: log });
const redis = connectRedis(redisSettings(settings), 'producer', log);
const prefix = settings.REDIS_PREFIX;
const queue = new SessionQueueClient({
  redis,
  prefix,
  retentionDays: settings.RETENTION_DAYS,
  sessionIndex: settings.SESSION_INDEX,
  telemetry: tracing?.telemetry,
});
const callers = callersOf(settings, log);
const { WEBHOOK_SECRET: secrets, WEBHOOK_ALLOWED_NETWORKS: allowed } = settings;
const reach = secrets.length > 0 ? new Reach({ allowed }) : undefined;
const metrics = new ProducerMetrics();
const callbacks = reach && openCallbacks(reach);
const events = new RequestEvents({ queue });

const app = createApp({
  queue,
  metrics,
  tracing,
  events,
  idempotency: new IdempotencyRecords({ redis, prefix, leaseMs: idempotencyLeaseMs }),
  ...(callers.find === undefined ? {} : { findCaller: callers.find }),
  ratePerMinute: settings.PRODUCER_RATE_PER_MINUTE,
  callbackFault: callbackFault(reach),
  checkReadiness: async () => {
    const health = await checkSystem(redis, prefix);
    return { ...health, problems: redisProblems(health.problems) };
  },
  log,
  maxBodyBytes: settings.PRODUCER_MAX_BODY_BYTES,
});
const host = listenHost(settings);
const service = new HttpService(app, {
  port: settings.PRODUCER_PORT,
  ...(host === undefined ? {} : { host }),
  stopGraceMs,
});

const metricsServer =
  settings.METRICS_PORT === undefined
    ? undefined
    : new MetricsServer({ text: () => metrics.registry.metrics(), port: settings.METRICS_PORT, host, logger: log });

function openCallbacks(where: Reach) {
  const blocking = connectRedis(redisSettings(settings), 'blocking', log);
  const runner = new CallbackRunner({ redis: blocking, prefix, secrets, reach: where, logger: log, metrics });
  return { blocking, runner };
}

let stopping = false;
async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info({ signal }, 'stopping');
  setTimeout(() => {
    log.error('the stop took too long');
    process.exit(1);
  }, stopWithinMs).unref();
  events.stop();
  callers.stop();
  await Promise.all([service.stop(), callbacks?.runner.stop(stopGraceMs)]);
  await within(closeGraceMs, queue.close()).catch(() => undefined);
  // One that is ended while it is still being made complains of that.
  redis.removeAllListeners('error').on('error', () => undefined);
  redis.disconnect();
  callbacks?.blocking.removeAllListeners('error').on('error', () => undefined);
  callbacks?.blocking.disconnect();
  metricsServer?.stop();
  await tracing?.stop();
  log.info('stopped');
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

try {
  const metricsPort = await metricsServer?.start();
  const { address, port } = await service.start();
  callers.start();
  callbacks?.runner.start();
  if (callers.find === undefined) log.warn('no API keys are set (PRODUCER_API_KEYS): listening on loopback only');
  log.info({ address, port, metricsPort }, 'listening');
} catch (error) {
  const { PRODUCER_PORT: port, METRICS_PORT: metricsPort } = settings;
  log.fatal({ err: error, port, metricsPort }, 'cannot listen (PRODUCER_PORT, METRICS_PORT, PRODUCER_HOST)');
  process.exitCode = 1;
  await stop('none');
}
