import { type Kind, kinds, type LaneStop } from '@session-queue/core';
import { cappedForToday, stoppedByHand } from '@session-queue/core/engine';
import { type ConsumerLabel, Counter, Gauge, Registry } from '@session-queue/core/metrics';
import { noteEvidence } from './evidence-metrics.ts';
import type { QueueReading } from './queue-reading.ts';
import { noteVerification } from './verification-metrics.ts';

type Labels = Record<string, string>;

interface Worst {
  labels: Labels;
  age: number;
  /** Of deletions alone. */
  unapprovedAge: number | undefined;
  stoppedBy: Set<string>;
  isUnserved: boolean;
  /** Ms; `Infinity` without one. */
  deadline: number;
}

/** What a reading says, as metrics that are made for it alone: none is left of what is no longer there. */
export function queueMetrics(reading: QueueReading, consumers: ConsumerLabel): Registry {
  const registry = new Registry();
  noteLanes(reading, { registry, consumers });
  noteVerification(reading.verifications, reading.readAt, { registry, consumers });
  noteEvidence(reading.evidence, { registry, consumers });
  noteTheRest(reading, registry);
  return registry;
}

function noteLanes(
  { lanes, readAt, served }: QueueReading,
  { registry, consumers }: { registry: Registry; consumers: ConsumerLabel },
): void {
  const of = makers(registry, ['kind', 'consumer']);
  const items = of.gauge('session_queue_items', 'Items of open requests, by where they are', ['state']);
  const ended = of.counter(
    'session_queue_items_ended_total',
    'Items that came to an end, each failure of one that was retried',
    ['state'],
  );
  const resent = of.counter('session_queue_items_resent_total', 'Items that went out again after an unknown outcome');
  const calls = of.counter('session_queue_calls_total', 'Calls that began, of all workers');
  const tooMany = of.counter('session_queue_too_many_requests_total', 'Calls that were answered with a 429');
  const open = of.gauge('session_queue_open_requests', 'Requests that are not at their end');
  const inRotation = of.gauge(
    'session_queue_requests_in_rotation',
    'Open requests with items to send whose turn may come: neither held nor put off',
  );
  const quota = of.gauge('session_queue_quota_calls', 'Calls that the quota allows in any window');
  const quotaWindow = of.gauge('session_queue_quota_window_seconds', 'The window of the quota');
  const slots = of.gauge('session_queue_quota_slots_taken', 'Quota slots that are taken now');
  const oldest = of.gauge(
    'session_queue_oldest_open_request_age_seconds',
    'How long the oldest open request has waited; 0 without one',
  );
  const atRisk = of.gauge(
    'session_queue_requests_at_risk',
    'Open requests that are not sure to be done by their deadline',
  );
  const missed = of.gauge('session_queue_requests_past_deadline', 'Open requests behind their deadline');
  const nextDeadline = of.gauge(
    'session_queue_next_deadline_seconds',
    'Time to the earliest deadline of an open request, negative behind it; absent without one',
  );
  const unapproved = of.gauge('session_queue_requests_waiting_for_approval', 'Deletions that wait for a second person');
  const oldestUnapproved = of.gauge(
    'session_queue_oldest_unapproved_age_seconds',
    'Since the first of the deletions that wait for approval was asked for; 0 without one',
  );
  const inWindow = of.gauge(
    'session_queue_requests_in_hold_window',
    'Deletions that begin when their hold window ends, and can be revoked until then',
  );
  const stopped = of.gauge(
    'session_queue_lane_stopped',
    '1 while the lane is stopped: by a fault of its consumer, by a person, or by the cap of deletions of the day',
    ['by'],
  );
  const unserved = of.gauge(
    'session_queue_lane_unserved',
    '1 while items wait and no worker that is alive has the credentials of their consumer',
  );
  const worst = new Map<string, Worst>();
  for (const lane of lanes) {
    const labels = { kind: lane.kind, consumer: consumers.of(lane.consumer) };
    for (const [state, n] of Object.entries(lane.items)) items.inc({ ...labels, state }, n);
    for (const [state, n] of Object.entries(lane.ended)) ended.inc({ ...labels, state }, n);
    resent.inc(labels, lane.resent);
    calls.inc(labels, lane.calls);
    tooMany.inc(labels, lane.tooMany);
    open.inc(labels, lane.openRequests);
    inRotation.inc(labels, lane.inRotation);
    atRisk.inc(labels, lane.atRisk);
    missed.inc(labels, lane.missed);
    slots.inc(labels, lane.slotsTaken);
    if (lane.kind === 'deletion') {
      unapproved.inc(labels, lane.unapproved);
      inWindow.inc(labels, lane.inWindow);
    }
    if (lane.quota !== undefined) {
      quota.inc(labels, lane.quota.calls);
      quotaWindow.set(labels, lane.quota.windowMs / 1_000);
    }
    // Of those that share a label the worst is told.
    const key = `${labels.kind} ${labels.consumer}`;
    const before = worst.get(key);
    const age = ageOf(lane.oldest?.since, readAt);
    const stoppedBy = new Set(before?.stoppedBy);
    if (lane.stop !== undefined) stoppedBy.add(stopperOf(lane.stop));
    const { pending, claimed, submitted } = lane.items;
    const isUnserved = !served.has(lane.consumer) && pending + claimed + submitted > 0;
    worst.set(key, {
      labels,
      age: Math.max(age, before?.age ?? 0),
      stoppedBy,
      unapprovedAge:
        lane.kind === 'deletion'
          ? Math.max(ageOf(lane.unapprovedSince, readAt), before?.unapprovedAge ?? 0)
          : undefined,
      isUnserved: isUnserved || before?.isUnserved === true,
      deadline: Math.min(lane.nextDeadline ?? Number.POSITIVE_INFINITY, before?.deadline ?? Number.POSITIVE_INFINITY),
    });
  }
  for (const one of worst.values()) {
    oldest.set(one.labels, one.age);
    if (one.unapprovedAge !== undefined) oldestUnapproved.set(one.labels, one.unapprovedAge);
    if (Number.isFinite(one.deadline)) nextDeadline.set(one.labels, (one.deadline - readAt) / 1_000);
    unserved.set(one.labels, one.isUnserved ? 1 : 0);
    for (const by of ['fault', 'person', 'cap']) stopped.set({ ...one.labels, by }, one.stoppedBy.has(by) ? 1 : 0);
  }
}

/** Seconds; 0 where there is no such moment. */
function ageOf(since: number | undefined, readAt: number): number {
  return since === undefined ? 0 : Math.max(0, readAt - since) / 1_000;
}

function stopperOf({ code }: LaneStop): 'fault' | 'person' | 'cap' {
  if (code === cappedForToday) return 'cap';
  return code === stoppedByHand ? 'person' : 'fault';
}

function noteTheRest({ readAt, workers, stops, jobs, paused, redis, rules }: QueueReading, registry: Registry): void {
  const of = makers(registry, []);
  const kindStopped = of.gauge('session_queue_kind_stopped', '1 while everything of a kind is stopped', ['kind']);
  for (const kind of kinds satisfies readonly Kind[]) kindStopped.set({ kind }, stops[kind] === undefined ? 0 : 1);
  const alive = of.gauge('session_queue_workers_alive', 'Workers whose announcement stands');
  alive.set(workers.filter(({ isAlive }) => isAlive).length);
  const [seen] = workers;
  if (seen !== undefined) {
    const sign = of.gauge('session_queue_worker_last_sign_seconds', 'Since the last sign of life of any worker');
    sign.set(Math.max(0, readAt - seen.seenAt) / 1_000);
  }
  const counted = of.gauge('session_queue_jobs', 'BullMQ jobs by queue and state', ['queue', 'state']);
  for (const { queue, state, jobs: n } of jobs) counted.set({ queue, state }, n);
  const pausedQueue = of.gauge('session_queue_queue_paused', '1 while a BullMQ queue is paused', ['queue']);
  for (const { queue, isPaused } of paused) pausedQueue.set({ queue }, isPaused ? 1 : 0);
  of.gauge('session_queue_rules_enabled', 'Retention rules that run by their schedules').set(rules.enabled);
  of.gauge(
    'session_queue_rule_overdue_seconds',
    'How long the retention rule that is overdue the most has not run; 0 where none is',
  ).set(rules.mostOverdueMs / 1_000);
  const problem = of.gauge(
    'session_queue_redis_problem',
    '1 for what keeps Redis from being safe, or from taking more',
    ['code'],
  );
  for (const { code } of redis.problems) problem.set({ code }, 1);
  if (redis.memory === undefined) return;
  of.gauge('session_queue_redis_memory_used_bytes', 'Memory of the fullest master').set(redis.memory.usedBytes);
  of.gauge('session_queue_redis_memory_max_bytes', 'Its maxmemory; 0 without a limit').set(redis.memory.maxBytes);
}

function makers(registry: Registry, shared: readonly string[]) {
  const options = (name: string, help: string, more: readonly string[]) => ({
    name,
    help,
    labelNames: [...shared, ...more],
    registers: [registry],
  });
  return {
    gauge: (name: string, help: string, more: readonly string[] = []) => new Gauge(options(name, help, more)),
    counter: (name: string, help: string, more: readonly string[] = []) => new Counter(options(name, help, more)),
  };
}
