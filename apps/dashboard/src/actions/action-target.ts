import {
  changedRule,
  consumerNameSchema,
  type Kind,
  kindSchema,
  type RedisConnection,
  Refusal,
  type Rules,
  ruleNameSchema,
  type SessionQueue,
} from '@session-queue/core';
import {
  BusyConsumers,
  consumerKeys,
  type KindSwitch,
  LaneSwitch,
  readLaneStop,
  stoppedByHand,
} from '@session-queue/core/engine';
import { z } from 'zod';
import { Refused } from '../http/refused.ts';
import type { Html } from '../pages/html.ts';
import { counted, kindTitles, utc } from '../pages/wording.ts';
import type { Queues } from '../queues.ts';
import { requestPath } from '../requests/request-path.ts';
import { unknownRequest } from '../requests/unknown-request.ts';
import { rulePath } from '../rules/rule-path.ts';
import { modeWords, scheduleWords } from '../rules/rule-words.ts';
import { type Action, kindWords } from './action-words.ts';
import { type HoldSource, liftTarget, placeTarget } from './hold-target.ts';
import { type SelectSource, selectTarget } from './select-target.ts';
import { type SelectionSource, selectionTarget } from './selection-target.ts';

export interface TargetSources {
  redis: RedisConnection;
  prefix: string;
  queues: Queues;
  sessionQueue: SelectionSource &
    SelectSource &
    Pick<
      SessionQueue,
      'consumers' | 'getRequest' | 'hold' | 'release' | 'approve' | 'revoke' | 'cancel' | 'retryFailed'
    >;
  kindSwitch: Pick<KindSwitch, 'read' | 'start' | 'stop'>;
  rules: Pick<Rules, 'getRule' | 'putRule'>;
  holds: HoldSource;
}

export interface DoneBy {
  reason: string;
  by: string;
}

/** On what an action is done: something that is there, so that it may stand in the audit log. */
export interface ActionTarget {
  /** As the audit log has it. */
  name: string;
  /** The same as log lines have it. */
  about: Readonly<Record<string, string>>;
  /** As the form has it. */
  title: string;
  /** What names it in a form, and in the address that leads there. */
  fields: Readonly<Record<string, string>>;
  /** What happens here in particular, where the action's own words are too wide. */
  effect?: string;
  /** What else the form asks for, before the reason. */
  inputs?: Html;
  /** What is wrong with that, and what to do: then it is not done. */
  problem?: string;
  /** Ids were typed into it, which the form has no more when it comes back. */
  hasTypedIds?: boolean;
  /** Where somebody came from, and goes back to. */
  back: string;
  /** Where they are led once it is done, if not back. */
  onward?: string;
  /** A number that a person types before it is done. */
  typed?: number;
  /** How long it may take where that is longer than usual, in ms. */
  withinMs?: number;
  /** What the audit log says of it beside that it was done. */
  detail?: string;
  act: (why: DoneBy) => Promise<unknown>;
}

const requestForm = z.object({ id: z.string().min(1).max(255) });
const queueForm = z.object({ queue: z.string() });
const kindForm = z.object({ kind: kindSchema });
const ruleForm = z.object({ rule: ruleNameSchema });
const laneForm = z.object({ consumer: consumerNameSchema, kind: kindSchema });

/** Finds what a form names. Refuses what is not there: it may be an item in the wrong place, and is told to nobody. */
export async function findTarget(action: Action, form: unknown, sources: TargetSources): Promise<ActionTarget> {
  switch (action) {
    case 'hold':
    case 'release':
    case 'approve':
    case 'revoke':
    case 'cancel':
    case 'retry':
      return await requestTarget(action, form, sources);
    case 'select':
      return await selectTarget(form, sources.sessionQueue, await sources.sessionQueue.consumers());
    case 'cancel-selection':
    case 'delete-selection':
      return await selectionTarget(action, form, sources.sessionQueue);
    case 'pause':
    case 'resume':
      return queueTarget(action, form, sources);
    case 'enable-rule':
    case 'disable-rule':
      return await ruleTarget(action, form, sources);
    case 'place-hold':
      return await placeTarget(form, { holds: sources.holds, consumers: await sources.sessionQueue.consumers() });
    case 'lift-hold':
      return await liftTarget(form, sources.holds);
    case 'stop-lane':
    case 'start-lane':
      return await laneTarget(action, form, sources);
    case 'stop-kind':
    case 'start-kind':
      return kindTarget(action, form, sources);
  }
}

async function requestTarget(
  action: 'hold' | 'release' | 'approve' | 'revoke' | 'cancel' | 'retry',
  form: unknown,
  { sessionQueue }: TargetSources,
): Promise<ActionTarget> {
  const { id } = read(requestForm, form, 'Name the request.');
  const request = await sessionQueue.getRequest(id);
  if (request === undefined) throw new Refused(404, unknownRequest);
  const title = `${request.kind} of ${counted(request.counts.total, 'item')} for ${request.consumer}, request ${id}`;
  const acts = {
    hold: () => sessionQueue.hold(id),
    release: () => sessionQueue.release(id),
    approve: (why: DoneBy) => sessionQueue.approve(id, why),
    revoke: (why: DoneBy) => sessionQueue.revoke(id, why),
    cancel: () => sessionQueue.cancel(id),
    retry: (why: DoneBy) => sessionQueue.retryFailed(id, why),
  };
  return { name: id, about: { request: id }, title, fields: { id }, back: requestPath(id), act: acts[action] };
}

function queueTarget(action: 'pause' | 'resume', form: unknown, { queues }: TargetSources): ActionTarget {
  const queue = queues.named(read(queueForm, form, 'Name the queue.').queue);
  if (queue === undefined) throw new Refused(404, 'There is no such queue.');
  const { name } = queue;
  return {
    name,
    about: { queue: name },
    title: `queue ${name}`,
    ...(action === 'pause' && { effect: effectOfPause(name, queues) }),
    fields: { queue: name },
    back: '/',
    act: async () => await queue[action](),
  };
}

function effectOfPause(name: string, { kinds, rules }: Queues): string {
  const intake = kinds.find(({ requests }) => requests.name === name);
  if (intake !== undefined)
    return `${kindTitles[intake.kind]} that are accepted from now on wait, however they were asked for, until it is resumed. Those that were taken in before go on.`;
  const sending = kinds.find(({ batches }) => batches.name === name);
  if (sending !== undefined)
    return `No more ${kindWords(sending.kind)} are sent until it is resumed. Requests are accepted and wait. What is on the wire goes on to its end.`;
  if (rules.name === name)
    return 'Runs of retention rules that come due wait, and those under way stand still, until it is resumed. Deletions that they have asked for go on.';
  return 'Nobody is told of the end of a request until it is resumed; callbacks wait.';
}

async function ruleTarget(
  action: 'enable-rule' | 'disable-rule',
  form: unknown,
  { rules }: TargetSources,
): Promise<ActionTarget> {
  const { rule: name } = read(ruleForm, form, 'Name the rule.');
  const rule = await rules.getRule(name).catch((error: unknown) => {
    throw error instanceof Refusal && error.code === 'not_found' ? new Refused(404, error.message) : error;
  });
  const enabled = action === 'enable-rule';
  const act = async ({ by }: DoneBy): Promise<void> => {
    const now = await rules.getRule(name);
    if (now.enabled === enabled) throw new Refused(409, `The rule is ${enabled ? 'enabled' : 'disabled'} already.`);
    await rules.putRule(name, changedRule(now, { enabled }), { by });
  };
  const title = `rule ${name} of ${rule.consumer}: ${scheduleWords(rule)}, ${modeWords(rule)}`;
  return { name, about: { rule: name }, title, fields: { rule: name }, back: rulePath(name), act };
}

async function laneTarget(
  action: 'stop-lane' | 'start-lane',
  form: unknown,
  { redis, prefix, sessionQueue }: TargetSources,
): Promise<ActionTarget> {
  const { consumer, kind } = read(laneForm, form, 'Name the consumer and the kind.');
  const known = [...(await sessionQueue.consumers()), ...(await new BusyConsumers(redis, prefix).list())];
  if (!known.includes(consumer))
    throw new Refused(404, 'No worker has announced this consumer, and nothing of it is open.');
  const lane = new LaneSwitch(redis, prefix);
  const act = async (why: DoneBy): Promise<void> => {
    const stop = await readLaneStop(consumerKeys(redis, prefix, consumer), kind);
    const isStopped = stop?.code === stoppedByHand;
    if (action === 'stop-lane' && isStopped) throw alreadyStopped(`${kindWords(kind)} of ${consumer}`, stop.since);
    if (action === 'start-lane' && !isStopped) throw notStopped(`${kindWords(kind)} of ${consumer}`);
    await (isStopped ? lane.start(consumer, kind) : lane.stop(consumer, kind, why));
  };
  const title = `${kindWords(kind)} of ${consumer}`;
  return { name: `${consumer} ${kind}`, about: { consumer, kind }, title, fields: { consumer, kind }, back: '/', act };
}

function kindTarget(action: 'stop-kind' | 'start-kind', form: unknown, { kindSwitch }: TargetSources): ActionTarget {
  const { kind } = read(kindForm, form, 'Name the kind: deletion or resubmission.');
  const act = async (why: DoneBy): Promise<void> => {
    const stop = await kindSwitch.read(kind);
    if (action === 'stop-kind' && stop !== undefined) throw alreadyStopped(`all ${kindWords(kind)}`, stop.since);
    if (action === 'start-kind' && stop === undefined) throw notStopped(`all ${kindWords(kind)}`);
    await (action === 'stop-kind' ? kindSwitch.stop(kind, why) : kindSwitch.start(kind, why));
  };
  return { name: kind, about: { kind }, title: allOf(kind), fields: { kind }, back: '/', act };
}

function allOf(kind: Kind): string {
  return `${kindWords(kind)} of every consumer`;
}

function alreadyStopped(what: string, since: string): Refused {
  return new Refused(
    409,
    `Somebody has stopped ${what} already, at ${utc(since)}. Nothing is left to do: the overview says who and why.`,
  );
}

function notStopped(what: string): Refused {
  return new Refused(409, `Nobody has stopped ${what}, or somebody has started them meanwhile. Nothing is left to do.`);
}

function read<T>(schema: z.ZodType<T>, form: unknown, otherwise: string): T {
  const parsed = schema.safeParse(form);
  if (!parsed.success) throw new Refused(400, otherwise);
  return parsed.data;
}
