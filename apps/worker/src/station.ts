import {
  type Consumer,
  createLearnosityClient,
  defaultDeadlineMs,
  defaultVerification,
  fingerprint,
  type Kind,
  LegalHoldStore,
  type RedisConnection,
  type Signer,
  type Transport,
} from '@session-queue/core';
import {
  type ConsumerKeys,
  consumerKeys,
  ensureRequestJob,
  Lane,
  type LookTimes,
  lookTimesFor,
  noGuards,
  type RequestIndex,
  readRequest,
  SessionPrints,
} from '@session-queue/core/engine';
import type { Queue } from 'bullmq';
import type { Logger } from 'pino';
import { Archivist, type EvidenceOptions } from './archivist/archivist.ts';
import { forEachKind } from './for-each-kind.ts';
import { HoldResolver } from './holds/hold-resolver.ts';
import { LegalHoldInspector } from './inspect/legal-hold-inspector.ts';
import { TombstoneInspector } from './inspect/tombstone-inspector.ts';
import { noObserver, type Observer } from './observer.ts';
import type { Gate } from './pump/gate.ts';
import { Pump } from './pump/pump.ts';
import type { Woken } from './pump/wake-listener.ts';
import { Repair } from './reconciler/repair.ts';
import { Seeker } from './seeker/seeker.ts';
import { Sender } from './sender/sender.ts';
import type { Mirror } from './settle/mirror.ts';
import type { ClosedBatch } from './settle/outcomes.ts';
import { firstPollMs } from './tracker/poll-times.ts';
import { Tracker } from './tracker/tracker.ts';
import { Verifier } from './verifier/verifier.ts';
import { Walker } from './walker/walker.ts';
import type { LifeSign } from './watchdog/life-sign.ts';

/** What a replica runs for one consumer. */
export interface Station {
  keys: ConsumerKeys;
  lanes: Record<Kind, Lane>;
  pumps: Record<Kind, Pump>;
  tracker: Tracker;
  seeker: Seeker;
  walker: Walker;
  resolver: HoldResolver;
  verifier: Verifier;
  archivist: Archivist;
  /** All of these but the pumps, each of which goes on by itself. */
  loops: readonly { readonly sign: LifeSign; stop(): Promise<void> }[];
  /** What a message wakes. */
  woken: Record<Exclude<Woken, 'rule'>, { wake(): void }>;
  repair: Repair;
}

/** How deleted sessions are remembered. */
export interface TombstoneSettings {
  /** TOMBSTONE_KEY. */
  key: string;
  /** TOMBSTONE_DAYS; for ever when absent. */
  days?: number | undefined;
}

export interface StationParts {
  redis: RedisConnection;
  prefix: string;
  retentionMs: number;
  /** What remembers deleted sessions; nothing does when absent. */
  tombstones?: TombstoneSettings | undefined;
  /** The hard deadline of a call; 10 s when absent. */
  deadlineMs?: number;
  /** What looks for jobs of lost resubmissions count on; as the deadline demands when absent. */
  lookTimes?: LookTimes;
  transport: Transport;
  signer: Signer;
  evidence?: EvidenceOptions;
  /** Measures what is done; nobody does when absent. */
  observer?: Observer;
  gate: Gate;
  index: RequestIndex;
  mirror: Mirror;
  requestQueues: Record<Kind, Queue>;
  logger: Logger;
  /** Aborted when the drain's grace is over. */
  signal: AbortSignal;
  isStopping: () => boolean;
  /** `Announcements.countedSince`. */
  countedSince: () => number;
  /** Whether another consumer's answers have told of one of these jobs. */
  isKnownElsewhere: (consumer: string, references: string[]) => Promise<boolean>;
}

/** Makes what works for one consumer, and joins it together; none of it runs yet. */
export function openStation(consumer: Consumer, parts: StationParts): Station {
  const { redis, prefix, transport, signer, logger, retentionMs, deadlineMs = defaultDeadlineMs } = parts;
  const { lookTimes = lookTimesFor(deadlineMs), observer = noObserver, gate, index, mirror, signal } = parts;
  const { exclusiveKey: exclusive = false, guards = noGuards, verification = defaultVerification } = consumer;
  const keys = consumerKeys(redis, prefix, consumer.name);
  const deadlines = { deletion: deadlineMs, resubmission: deadlineMs, jobs: deadlineMs, metadata: deadlineMs };
  const client = createLearnosityClient({ account: consumer, transport, signer, deadlineMs: deadlines });
  const lanes = forEachKind((kind) => {
    const quota = consumer.quotas[kind];
    const limits = { quota, deadlineMs, guards };
    return new Lane(keys, kind, { ...limits, fingerprint: fingerprint(consumer), retentionMs, exclusive });
  });
  const archivist = new Archivist({ keys, evidence: parts.evidence ?? {}, logger });
  const onResolved = (batch: ClosedBatch, finished: string[]) => {
    archivist.wake();
    mirror.batchClosed(keys, batch.kind, batch.id);
    mirror.requestsChanged(keys, batch.kind, requestsOf(batch));
    for (const id of finished) mirror.requestFinished(keys, batch.kind, id);
    if (batch.kind === 'deletion') verifier.wake(verification.afterMs);
  };
  const quota = consumer.quotas.jobs;
  const tracker = new Tracker({
    keys,
    lanes,
    client,
    quota,
    deadlineMs,
    exclusive,
    onResolved,
    observer,
    logger,
    signal,
  });
  const seeker = new Seeker({
    keys,
    lane: lanes.resubmission,
    client,
    limits: { quota, deadlineMs, times: lookTimes, exclusive },
    isKnownElsewhere: (references) => parts.isKnownElsewhere(consumer.name, references),
    onAttached: (batch) => {
      tracker.wake(firstPollMs);
      mirror.batchSent(batch);
      mirror.requestsChanged(keys, batch.kind, requestsOf(batch));
    },
    onResolved,
    logger,
    signal,
  });
  const metadata = { client, quota: consumer.quotas.metadata, deadlineMs };
  const walker = new Walker({ keys, ...metadata, retentionMs, logger, signal });
  const resolver = new HoldResolver({ keys, ...metadata, logger, signal });
  const { deletion: deletionQuota } = consumer.quotas;
  const { tombstones } = parts;
  const prints = tombstones && new SessionPrints(tombstones.key, consumer.name);
  const verifier = new Verifier({
    keys,
    ...metadata,
    settings: verification,
    // Four times as fast as the lane, which sends 50 at a time.
    paceMs: deletionQuota.windowMs / (4 * deletionQuota.calls),
    retentionMs,
    prints,
    onEnded: (request) => index.expire(request, retentionMs),
    onReopened: async (request) => {
      await index.keep(keys, request, 'deletion');
      const view = await readRequest(keys, request);
      if (view !== undefined) await ensureRequestJob(keys, parts.requestQueues.deletion, view);
    },
    logger,
    signal,
  });
  const sender = new Sender({
    client,
    gate,
    inspectors: [
      new LegalHoldInspector(keys),
      ...(prints === undefined ? [] : [new TombstoneInspector({ keys, prints, retentionMs })]),
    ],
    observer,
    lookTimes,
    logger,
    signal,
    isStopping: parts.isStopping,
    events: {
      sent: (batch) => mirror.batchSent(batch),
      submitted: (batch) => {
        tracker.wake(firstPollMs);
        mirror.requestsChanged(keys, batch.kind, requestsOf(batch));
      },
      resolved: onResolved,
      lost: () => seeker.wake(),
    },
  });
  const pumps = forEachKind(
    (kind) => new Pump({ lane: lanes[kind], gate, logger, send: (lane, grant) => sender.send(lane, grant) }),
  );
  const { requestQueues, countedSince } = parts;
  const holds = new LegalHoldStore(redis, prefix);
  const repairing = { requestQueues, countedSince, index, mirror, holds, lookTimes, onResolved };
  const repair = new Repair({ keys, lanes, ...repairing, tombstoneDays: tombstones?.days, logger });
  const loops = [tracker, seeker, walker, resolver, verifier, archivist];
  const woken = { ...pumps, selection: walker, 'legal-hold': resolver, look: verifier, evidence: archivist };
  return { keys, lanes, pumps, tracker, seeker, walker, resolver, verifier, archivist, loops, woken, repair };
}

function requestsOf(batch: ClosedBatch): string[] {
  return batch.shares.map(({ request }) => request);
}
