import { consumerNameSchema, type Kind, kindSchema, type SessionQueue } from '@session-queue/core';
import type { KindSwitch, LaneSwitch } from '@session-queue/core/engine';
import type { AuditEntry } from '../audit/audit-log.ts';
import { Refused } from '../http/refused.ts';
import type { Queues } from '../queues.ts';
import { requestPath } from '../requests/request-path.ts';
import { type ActionName, actions, targetFields } from './action.ts';

export interface ActionSources {
  queues: Queues;
  sessionQueue: Pick<
    SessionQueue,
    'getRequest' | 'hold' | 'release' | 'cancel' | 'retryFailed' | 'consumers' | 'startKind'
  >;
  lanes: Pick<LaneSwitch, 'stop' | 'start'>;
  kinds: Pick<KindSwitch, 'stop'>;
}

/** An action, ready to be done. */
export interface Deed {
  /** What it is done to: the fields of its form, in words, and for the log. */
  of: Record<string, string>;
  what: string;
  entry: Pick<AuditEntry, 'request' | 'queue' | 'lane' | 'kind'>;
  /** Where to go afterwards. */
  back: string;
  act: (why: { reason: string; by: string }) => Promise<unknown>;
}

/** Reads what an action is to be done to; throws `Refused` where there is no such thing. */
export async function deedOf(name: ActionName, given: unknown, sources: ActionSources): Promise<Deed> {
  const { target } = actions[name];
  const of = fieldsOf(given, targetFields[target]);
  if (target === 'request') return await onRequest(name, of.id ?? '', sources);
  if (target === 'queue') return onQueue(name, of.queue ?? '', sources);
  const kind = kindOf(of.kind);
  return target === 'kind'
    ? onKind(name, kind, sources)
    : await onLane(name, { kind, consumer: of.consumer ?? '' }, sources);
}

async function onRequest(name: ActionName, id: string, { sessionQueue }: ActionSources): Promise<Deed> {
  const view = id.length > 0 && id.length <= 255 ? await sessionQueue.getRequest(id) : undefined;
  // An id that no request has may be anything, an item in the wrong place too: it is not repeated.
  if (view === undefined) throw new Refused(404, 'There is no such request: its record may have aged out.');
  const acts = {
    hold: () => sessionQueue.hold(id),
    release: () => sessionQueue.release(id),
    cancel: () => sessionQueue.cancel(id),
  };
  const what = `The ${view.kind} ${id} of ${view.consumer}`;
  const act =
    name in acts
      ? async () => await acts[name as keyof typeof acts]()
      : async (why: { reason: string; by: string }) => await sessionQueue.retryFailed(id, why);
  return { of: { id }, what, entry: { request: id }, back: requestPath(id), act };
}

function onQueue(name: ActionName, given: string, { queues }: ActionSources): Deed {
  const queue = queues.named(given);
  if (queue === undefined) throw new Refused(404, 'There is no such queue.');
  const act = async () => await (name === 'pause' ? queue.pause() : queue.resume());
  return { of: { queue: queue.name }, what: `The queue ${queue.name}`, entry: { queue: queue.name }, back: '/', act };
}

function onKind(name: ActionName, kind: Kind, { kinds, sessionQueue }: ActionSources): Deed {
  const act = async (why: { reason: string; by: string }) =>
    await (name === 'stop-kind' ? kinds.stop(kind, why) : sessionQueue.startKind(kind));
  return { of: { kind }, what: `Every ${kind}, of all consumers`, entry: { kind }, back: '/', act };
}

async function onLane(
  name: ActionName,
  { kind, consumer }: { kind: Kind; consumer: string },
  { lanes, sessionQueue }: ActionSources,
): Promise<Deed> {
  const isNamed = consumerNameSchema.safeParse(consumer).success;
  if (!isNamed || !(await sessionQueue.consumers()).includes(consumer))
    throw new Refused(404, 'No worker has ever announced this consumer.');
  const act = async (why: { reason: string; by: string }) =>
    await (name === 'stop-lane' ? lanes.stop(consumer, kind, why) : lanes.start(consumer, kind));
  const what = `The ${kind}s of ${consumer}`;
  return { of: { consumer, kind }, what, entry: { lane: `${kind} ${consumer}` }, back: '/', act };
}

function kindOf(given: string | undefined): Kind {
  const kind = kindSchema.safeParse(given);
  if (!kind.success) throw new Refused(404, 'There is no such kind: deletion or resubmission.');
  return kind.data;
}

function fieldsOf(given: unknown, names: readonly string[]): Record<string, string> {
  const all: Record<string, unknown> = typeof given === 'object' && given !== null ? { ...given } : {};
  return Object.fromEntries(names.map((name) => [name, typeof all[name] === 'string' ? all[name] : '']));
}
