import {
  connectRedis,
  createLogger,
  createTransport,
  exitOnBadSettings,
  loadSigner,
  redisSettings,
  requireSdk,
  untilRedisReady,
} from '@session-queue/core';
import { EvidenceError } from '@session-queue/core/evidence';
import { startTracing } from '@session-queue/tracing';
import { FolderArchives } from './archivist/folder-archives.ts';
import { checkStore, storeArchives } from './archivist/store-archives.ts';
import { ConsumerClash } from './consumer-clash.ts';
import { ForeignTombstones } from './foreign-tombstones.ts';
import { HealthServer } from './health/health-server.ts';
import { readReadiness } from './health/readiness.ts';
import { WorkerMetrics } from './metrics/worker-metrics.ts';
import { everyObserver } from './observer.ts';
import { Replica } from './replica.ts';
import { readWorkerSettings, tombstonesOf } from './settings.ts';
import { WorkerTraces } from './tracing/worker-traces.ts';
import { redisAnswers } from './watchdog/redis-answers.ts';
import { Watchdog } from './watchdog/watchdog.ts';

const badConfigurationExitCode = 78;
/** The watchdog's: a part of the worker has hung, and a new process will not. */
const hungExitCode = 70;
const dayMs = 24 * 3600 * 1000;
/** Beyond the grace a stop takes at most this; then the process ends whatever still hangs. */
const closingMs = 15_000;

const settings = exitOnBadSettings(() => readWorkerSettings(process.env));
const logger = createLogger({ level: settings.LOG_LEVEL, name: 'worker' });
const { signer, sdk } = loadSigner(requireSdk(import.meta.url));
const transport = createTransport();
const metrics = new WorkerMetrics();
const tracing = await startTracing({ app: 'worker', settings, logger });
const store = await storeArchives(settings);
const archives = store ?? (settings.EVIDENCE_DIR === undefined ? undefined : new FolderArchives(settings.EVIDENCE_DIR));
const connect = (role: 'worker' | 'blocking') => connectRedis(redisSettings(settings), role, logger);
const replica = new Replica({
  connect,
  prefix: settings.REDIS_PREFIX,
  consumers: settings.consumers,
  retentionMs: settings.RETENTION_DAYS * dayMs,
  drainGraceMs: settings.DRAIN_GRACE_MS,
  sessionIndex: settings.SESSION_INDEX,
  deletionTermMs: settings.DELETION_DEADLINE_DAYS === 'none' ? null : settings.DELETION_DEADLINE_DAYS * dayMs,
  tombstones: tombstonesOf(settings),
  evidence: {
    isOn: settings.EVIDENCE,
    key: settings.EVIDENCE_KEY_FILE,
    archives,
    onUnfit: ({ message }) => {
      logger.fatal(message);
      void stop('the archive is unfit', badConfigurationExitCode);
    },
  },
  transport,
  observer: tracing === undefined ? metrics : everyObserver(metrics, new WorkerTraces(tracing)),
  telemetry: tracing?.telemetry,
  signer,
  logger,
});
const watchdog = new Watchdog({
  signs: () => replica.signs(),
  redisAnswers: () => redisAnswers(() => connect('worker')),
  onDead: (dead) => {
    const since = new Date(Date.now() - Math.max(...dead.map(({ silentMs }) => silentMs))).toISOString();
    logger.fatal(
      { dead, since, exitCode: hungExitCode },
      'parts of the worker have hung although Redis answers: the process ends, nothing is lost, and whoever runs it must start it again; where that comes again, see what lies between it and Redis',
    );
    process.exit(hungExitCode);
  },
  logger,
});
const health = new HealthServer({
  port: settings.WORKER_PORT,
  readiness: () => readReadiness(replica.redis, settings.REDIS_PREFIX, replica.lanes),
  overdue: () => watchdog.overdue,
  metrics: () => metrics.registry.metrics(),
  logger,
});

let stopping = false;
async function stop(signal: string, exitCode = 0): Promise<void> {
  if (stopping) return;
  stopping = true;
  watchdog.stop();
  logger.info({ signal }, 'stopping: no more claims, calls under way may end');
  setTimeout(() => {
    logger.error('the stop took too long; what is left is repaired by the other replicas');
    process.exit(1);
  }, settings.DRAIN_GRACE_MS + closingMs).unref();
  await replica.stop();
  transport.stop();
  store?.stop();
  health.stop();
  await tracing?.stop();
  logger.info('stopped');
  // BullMQ goes on trying to reach a Redis that is away.
  process.exit(exitCode);
}
process.on('SIGTERM', (signal) => void stop(signal));
process.on('SIGINT', (signal) => void stop(signal));

try {
  const port = await health.start();
  await untilRedisReady(replica.redis, 60_000);
  await checkStore(store, logger);
  await replica.start();
  watchdog.start();
  const consumers = settings.consumers.map(({ name }) => name);
  logger.info({ port, consumers, signer: signer.version, sdk: `learnosity-sdk-nodejs ${sdk}` }, 'the worker runs');
} catch (error) {
  const isUnfitStore = error instanceof EvidenceError && error.code === 'archive_unfit';
  const isBadConfiguration = isUnfitStore || error instanceof ConsumerClash || error instanceof ForeignTombstones;
  if (isBadConfiguration) logger.fatal(error.message);
  else if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    logger.fatal(`WORKER_PORT ${settings.WORKER_PORT} is taken: stop what uses it, or set another`);
  } else logger.fatal({ err: error }, 'the worker could not start');
  await replica.stop();
  process.exit(isBadConfiguration ? badConfigurationExitCode : 1);
}
