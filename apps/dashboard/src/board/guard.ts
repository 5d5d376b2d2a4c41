import type { BeforeHookResult, HookContext } from '@bull-board/api/typings/app';
import type { Account } from '../accounts/account.ts';
import type { Caller } from '../accounts/caller.ts';
import { givenReason } from '../actions/given-reason.ts';
import { may, refusalOf } from '../actions/least-roles.ts';
import type { AnnouncedAct, AuditedAct, AuditLog } from '../audit/audit-log.ts';
import type { Queues } from '../queues.ts';
import { type BoardRight, permitted } from './permitted-routes.ts';

export interface GuardOptions {
  queues: Queues;
  caller: Caller;
  audit: AuditLog;
}

/** Decides over every call of Bull Board's API, by who calls. Refuses what it does not know. */
export class Guard {
  readonly #queues: Queues;
  readonly #caller: Caller;
  readonly #audit: AuditLog;
  /** Announced actions, by the call that is being answered. */
  readonly #begun = new WeakMap<HookContext, AnnouncedAct>();

  constructor(options: GuardOptions) {
    this.#queues = options.queues;
    this.#caller = options.caller;
    this.#audit = options.audit;
  }

  /** Bull Board's hook before a handler runs; it answers 500 when this throws, and does nothing then. */
  readonly before = async (context: HookContext): Promise<BeforeHookResult> => {
    const account = this.#caller.current;
    const use = permitted(context.method, context.route);
    const refusal = account === undefined ? 'Nobody is signed in.' : await this.#refusal(context, account, use);
    if (refusal !== undefined) {
      if (context.method !== 'get') await this.#noteRefusal(context, refusal);
      return { allow: false, status: 403, errorKey: 'ERRORS.FORBIDDEN', message: refusal };
    }
    if (context.method === 'get') return { allow: true };
    const { reason, problem } = reasonOf(context);
    // Nothing was tried: there is nothing to note.
    if (problem !== undefined) return { allow: false, status: 403, errorKey: 'ERRORS.FORBIDDEN', message: problem };
    this.#begun.set(context, await this.#audit.begin({ ...(await this.#act(context)), reason }));
    return { allow: true };
  };

  /** Notes what became of it. */
  async recordDone(context: HookContext, status: number): Promise<void> {
    const begun = this.#begun.get(context);
    if (begun === undefined) return;
    if (status < 400) await this.#audit.end(begun, { outcome: 'done' });
    else await this.#audit.end(begun, { outcome: status < 500 ? 'refused' : 'failed', detail: `answered ${status}` });
  }

  async #refusal(
    context: HookContext,
    account: Account,
    use: 'read' | BoardRight | undefined,
  ): Promise<string | undefined> {
    if (use === 'read') return undefined;
    if (use === undefined) return 'This would destroy or disturb accepted work: nobody may do it here.';
    if (!may(account, use)) return refusalOf(account, use);
    return use === 'retry' ? await this.#retryRefusal(context) : undefined;
  }

  /** A failed request's job goes back to intake, which puts its failed items in line again. A batch must never. */
  async #retryRefusal(context: HookContext): Promise<string | undefined> {
    const { queueName, jobId } = named(context);
    const queue = this.#queues.requestQueue(queueName ?? '');
    if (queue === undefined) return 'Only failed requests may be retried, and this is not a queue of requests.';
    const state = await queue.getJobState(jobId ?? '');
    return state === 'failed' ? undefined : 'Only failed requests may be retried, and this one has not failed.';
  }

  async #noteRefusal(context: HookContext, detail: string): Promise<void> {
    await this.#audit.note(await this.#act(context), { outcome: 'refused', detail });
  }

  async #act(context: HookContext): Promise<AuditedAct> {
    const { current: account, address } = this.#caller;
    const action = permitted(context.method, context.route) ?? `${context.method} ${context.route}`;
    const about = await this.#known(context);
    const target = Object.values(about).join(' ');
    return { action, way: 'Bull Board', account, address, about, target: target === '' ? undefined : target };
  }

  /** Whatever stands in an address may be an item in the wrong place: a queue and a job are noted where there are such. */
  async #known(context: HookContext): Promise<Record<string, string>> {
    const { queueName, jobId } = named(context);
    const queue = this.#queues.named(queueName ?? '');
    if (queue === undefined) return {};
    if (jobId === undefined) return { queue: queue.name };
    const state = await queue.getJobState(jobId).catch(() => 'unknown');
    return state === 'unknown' ? { queue: queue.name } : { queue: queue.name, job: jobId };
  }
}

/** `assets/board.js` asks for it, and sends it in percent-encoding: a header may hold ASCII only. */
function reasonOf({ request }: HookContext): ReturnType<typeof givenReason> {
  try {
    return givenReason(decodeURIComponent(asText(request.headers['x-reason']) ?? ''));
  } catch {
    return givenReason('');
  }
}

function named(context: HookContext): { queueName: string | undefined; jobId: string | undefined } {
  const { queueName, jobId } = context.request.params;
  return { queueName: asText(queueName), jobId: asText(jobId) };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
