import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  bullPrefix,
  type Consumer,
  callbackQueueName,
  identity,
  type Kind,
  ownVersion,
  queueNames,
  type RedisConnection,
  ruleQueueName,
  SessionQueueClient,
  type Signer,
  type Transport,
} from '@session-queue/core';
import {
  type AnnouncedConsumer,
  Announcements,
  BusyConsumers,
  consumerKeys,
  defaultDeletionTermMs,
  KindSwitch,
  type Lane,
  type LookTimes,
  noGuards,
  noteGuards,
  RequestIndex,
  readRecorded,
  SessionPrints,
  takeTombstones,
} from '@session-queue/core/engine';
import { Queue, type Telemetry } from 'bullmq';
import type { Logger } from 'pino';
import type { EvidenceOptions } from './archivist/archivist.ts';
import { ConsumerClash } from './consumer-clash.ts';
import { forEachKind } from './for-each-kind.ts';
import { ForeignTombstones } from './foreign-tombstones.ts';
import { Heart } from './heart.ts';
import { Intake } from './intake/intake.ts';
import { PlainJobs } from './intake/plain-jobs.ts';
import { JobRunners } from './job-runners.ts';
import { noObserver, type Observer } from './observer.ts';
import { Gate } from './pump/gate.ts';
import { WakeListener, type Woken } from './pump/wake-listener.ts';
import { Rounds } from './reconciler/rounds.ts';
import { RuleRunner } from './rules/rule-runner.ts';
import { Mirror } from './settle/mirror.ts';
import { openStation, type Station, type TombstoneSettings } from './station.ts';
import { within } from './stopping.ts';
import type { LifeSign } from './watchdog/life-sign.ts';

export interface ReplicaOptions {
  /** Opens a connection; the replica closes what it opened. */
  connect: (role: 'worker' | 'blocking') => RedisConnection;
  prefix: string;
  consumers: readonly Consumer[];
  retentionMs: number;
  /** Puts the session ids of plain jobs into the index of sessions; not when absent. */
  sessionIndex?: boolean;
  /** How long a deletion may take that comes without a deadline; 30 days when absent, as long as it likes when `null`. */
  deletionTermMs?: number | null;
  /** Remembers deleted sessions (decision 26); not when absent. */
  tombstones?: TombstoneSettings | undefined;
  /** Whether deletions are put under evidence, and what it is signed with and kept in; nothing is said, signed or kept when absent. */
  evidence?: EvidenceOptions;
  /** How long calls under way may take to end once the replica is told to stop. */
  drainGraceMs: number;
  /** The hard deadline of a call; 10 s when absent. */
  deadlineMs?: number;
  /** What looks for jobs of lost resubmissions count on; as the deadline demands when absent. */
  lookTimes?: LookTimes;
  transport: Transport;
  /** Measures what is done; nobody does when absent. */
  observer?: Observer;
  /** Traces what the jobs of requests do; nobody does when absent. */
  telemetry?: Telemetry | undefined;
  signer: Signer;
  logger: Logger;
}

/** After the grace, so long for what is left to write down and to close. */
const closingMs = 5_000;
const dayMs = 24 * 3600 * 1000;

/**
 * One worker replica: intake, pump, sender, tracker, settling and reconciler for every consumer it knows. Any number of them
 * share the work through Redis; there is no leader.
 */
export class Replica {
  readonly id = randomUUID();
  readonly #options: ReplicaOptions;
  readonly #redis: RedisConnection;
  readonly #blocking: RedisConnection;
  readonly #listener: WakeListener;
  readonly #queues: Record<'requests' | 'batches', Record<Kind, Queue>>;
  readonly #callbacks: Queue;
  readonly #rules: Queue;
  readonly #client: SessionQueueClient;
  readonly #ruleRunner: RuleRunner;
  readonly #stations = new Map<string, Station>();
  readonly #rounds: Rounds;
  readonly #runners: JobRunners;
  readonly #mirror: Mirror;
  readonly #heart: Heart;
  readonly #cut = new AbortController();
  #stopping = false;
  #stopped: Promise<void> | undefined;

  constructor(options: ReplicaOptions) {
    const { connect, prefix, consumers, retentionMs, sessionIndex = false, logger } = options;
    const { deletionTermMs = defaultDeletionTermMs } = options;
    const tombstones = options.tombstones !== undefined;
    this.#options = options;
    this.#redis = connect('worker');
    this.#blocking = connect('blocking');
    this.#listener = new WakeListener(connect('worker'), prefix, (what, consumer) => this.#wake(what, consumer));
    this.#queues = {
      requests: forEachKind((kind) => this.#queue(queueNames[kind].requests)),
      batches: forEachKind((kind) => this.#queue(queueNames[kind].batches)),
    };
    this.#callbacks = this.#queue(callbackQueueName);
    this.#rules = this.#queue(ruleQueueName);
    const callbacks = this.#callbacks;
    const index = new RequestIndex(this.#redis, prefix);
    const announcements = new Announcements(this.#redis, prefix);
    const gate = new Gate(this.#queues.batches, new KindSwitch(this.#redis, prefix));
    const keysOf = (consumer: string) => consumerKeys(this.#redis, prefix, consumer);
    this.#mirror = new Mirror({ ...this.#queues, callbacks, index, retentionMs, logger });
    const shared = {
      redis: this.#redis,
      gate,
      index,
      mirror: this.#mirror,
      requestQueues: this.#queues.requests,
      signal: this.#cut.signal,
      isStopping: () => this.#stopping,
      countedSince: () => this.#heart.countedSince,
      isKnownElsewhere: (consumer: string, references: string[]) => this.#isKnownElsewhere(consumer, references),
    };
    for (const consumer of consumers)
      this.#stations.set(consumer.name, openStation(consumer, { ...options, ...shared }));
    const busy = new BusyConsumers(this.#redis, prefix);
    this.#rounds = new Rounds({ busy, consumers: this.#stations, logger });
    const parts = { keysOf, index, retentionMs, logger };
    const plainJobs = new PlainJobs({ ...parts, busy, announcements, callbacks, sessionIndex, deletionTermMs });
    const intake = new Intake({ ...parts, plainJobs });
    const { telemetry, observer = noObserver } = options;
    const running = { redis: this.#blocking, prefix, telemetry, observer };
    this.#runners = new JobRunners({ ...running, intake, keysOf, mirror: this.#mirror, logger });
    const client = new SessionQueueClient({
      redis: this.#redis,
      prefix,
      sessionIndex,
      retentionDays: retentionMs / dayMs,
      telemetry,
    });
    this.#client = client;
    const ruling = { redis: this.#redis, blocking: this.#blocking, prefix, rules: this.#rules, queue: client };
    this.#ruleRunner = new RuleRunner({ ...ruling, observer, logger });
    const announced: AnnouncedConsumer[] = consumers.map((one) => ({ name: one.name, identity: identity(one) }));
    const sign = {
      host: hostname(),
      pid: process.pid,
      version: ownVersion,
      node: process.version,
      startedAt: new Date().toISOString(),
    };
    const settings = { sessionIndex, retentionMs, deletionTermMs, tombstones };
    const told = { worker: this.id, consumers: announced, settings, sign };
    this.#heart = new Heart({ announcements, ...told, logger });
  }

  /** Throws `ConsumerClash` when a living worker's consumers forbid it, `ForeignTombstones` with another key than theirs. */
  async start(): Promise<void> {
    await this.#takeTombstones();
    const clash = await this.#heart.start();
    if (clash !== undefined) throw new ConsumerClash(clash);
    await Promise.all(this.lanes.map(({ keys, options }) => noteGuards(keys, options.guards ?? noGuards)));
    await Promise.all([...this.#stations.values()].map(({ archivist }) => archivist.announce()));
    await this.#listener.start();
    for (const { pumps, tracker, verifier } of this.#stations.values()) {
      pumps.deletion.start();
      pumps.resubmission.start();
      tracker.start();
      verifier.start();
    }
    this.#rounds.start();
    this.#runners.start();
    this.#ruleRunner.start();
  }

  /**
   * Claims nothing more, lets what is on the wire end within the grace, gives whole batches back, and closes. Safe twice and
   * before `start`; ends within the grace and 10 s.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** The connection, for readiness checks. */
  get redis(): RedisConnection {
    return this.#redis;
  }

  get lanes(): Lane[] {
    return [...this.#stations.values()].flatMap(({ lanes }) => [lanes.deletion, lanes.resubmission]);
  }

  /**
   * What each part that must go on shows of itself. The wake listener is none: messages may be lost, and the rounds wake whoever
   * missed one.
   */
  signs(): LifeSign[] {
    const stations = [...this.#stations.values()];
    return [
      ...stations.flatMap(({ pumps, loops }) => [
        pumps.deletion.sign,
        pumps.resubmission.sign,
        ...loops.map(({ sign }) => sign),
      ]),
      this.#rounds.sign,
      ...this.#runners.signs(),
      ...this.#ruleRunner.signs(),
    ];
  }

  async #stop(): Promise<void> {
    const { drainGraceMs, logger } = this.#options;
    this.#stopping = true;
    const stations = [...this.#stations.values()];
    const sent = Promise.all(stations.flatMap(({ pumps }) => [pumps.deletion.stop(), pumps.resubmission.stop()]));
    const others = Promise.all([
      ...stations.flatMap(({ loops }) => loops.map((loop) => loop.stop())),
      this.#rounds.stop(),
      this.#runners.stop(drainGraceMs),
      this.#ruleRunner.stop(drainGraceMs),
    ]);
    if (!(await within(drainGraceMs, Promise.all([sent, others])))) {
      logger.warn('the grace is over: calls under way are cut, and their outcome is unknown');
      this.#cut.abort();
      await within(closingMs, Promise.all([sent, others]));
    }
    const closing = [
      this.#mirror.stop(),
      this.#heart.stop(),
      this.#client.close(),
      ...this.#allQueues().map((queue) => queue.close()),
    ];
    await within(closingMs, Promise.allSettled(closing));
    this.#listener.stop();
    this.#blocking.disconnect();
    this.#redis.disconnect();
  }

  async #takeTombstones(): Promise<void> {
    const { tombstones } = this.#options;
    if (tombstones === undefined) return;
    for (const [name, { keys }] of this.#stations) {
      if (!(await takeTombstones(keys, new SessionPrints(tombstones.key, name)))) throw new ForeignTombstones(keys);
    }
  }

  /** Exclusive keys that can see each other's jobs are not: another consumer's answers have told of them. */
  async #isKnownElsewhere(consumer: string, references: string[]): Promise<boolean> {
    for (const [name, { keys, lanes }] of this.#stations) {
      if (name === consumer || !lanes.resubmission.options.exclusive) continue;
      if ((await readRecorded(keys, references)).size > 0) return true;
    }
    return false;
  }

  #wake(what: Woken, consumer: string): void {
    if (what === 'rule') {
      this.#ruleRunner.wake();
      return;
    }
    const stations = consumer === '*' ? [...this.#stations.values()] : [this.#stations.get(consumer)];
    for (const station of stations) station?.woken[what].wake();
  }

  #queue(name: string): Queue {
    const { prefix, logger } = this.#options;
    const queue = new Queue(name, { connection: this.#redis, prefix: bullPrefix(prefix), skipVersionCheck: true });
    queue.on('error', (error) => logger.debug({ err: error, queue: name }, 'a queue lost its connection'));
    return queue;
  }

  #allQueues(): Queue[] {
    return [
      ...Object.values(this.#queues.requests),
      ...Object.values(this.#queues.batches),
      this.#callbacks,
      this.#rules,
    ];
  }
}
