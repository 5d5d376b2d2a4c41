import type { BeforeHookResult, HookContext } from '@bull-board/api/typings/app';
import type { Account } from '../accounts/account.ts';
import type { Caller } from '../accounts/caller.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import type { Queues } from '../queues.ts';
import { type AdminAction, permitted } from './permitted-routes.ts';

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

  constructor(options: GuardOptions) {
    this.#queues = options.queues;
    this.#caller = options.caller;
    this.#audit = options.audit;
  }

  /** Bull Board's hook before a handler runs; it answers 500 when this throws. */
  readonly before = async (context: HookContext): Promise<BeforeHookResult> => {
    const account = this.#caller.current;
    const use = permitted(context.method, context.route);
    const refusal = account === undefined ? 'nobody is signed in' : await this.#refusal(context, account, use);
    if (refusal === undefined) return { allow: true };
    if (context.method !== 'get') this.#record(context, await this.#known(context), false, refusal);
    return { allow: false, status: 403, errorKey: 'ERRORS.FORBIDDEN', message: refusal };
  };

  /** Notes what an admin did, once it is done. */
  recordDone(context: HookContext, status: number): void {
    if (context.method === 'get') return;
    const done = status < 400;
    const { queueName, jobId } = named(context);
    const target = done ? { queue: queueName, job: jobId } : {};
    this.#record(context, target, done, done ? undefined : `answered ${status}`);
  }

  async #refusal(
    context: HookContext,
    account: Account,
    use: 'read' | AdminAction | undefined,
  ): Promise<string | undefined> {
    if (use === 'read') return undefined;
    if (use === undefined) return 'This would destroy or disturb accepted work: nobody may do it here.';
    if (account.role !== 'admin') return 'Only admins may do this.';
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

  /** Whatever stands in an address may be an item in the wrong place: a queue and a job are noted where there are such. */
  async #known(context: HookContext): Promise<AuditTarget> {
    const { queueName, jobId } = named(context);
    const queue = this.#queues.named(queueName ?? '');
    if (queue === undefined || jobId === undefined) return { queue: queue?.name };
    const state = await queue.getJobState(jobId).catch(() => 'unknown');
    return { queue: queue.name, job: state === 'unknown' ? undefined : jobId };
  }

  #record(context: HookContext, target: AuditTarget, allowed: boolean, reason: string | undefined): void {
    const action = permitted(context.method, context.route) ?? `${context.method} ${context.route}`;
    this.#audit.record({ action, account: this.#caller.current, allowed, ...target, reason });
  }
}

type AuditTarget = Pick<AuditEntry, 'queue' | 'job'>;

function named(context: HookContext): { queueName: string | undefined; jobId: string | undefined } {
  const { queueName, jobId } = context.request.params;
  return { queueName: asText(queueName), jobId: asText(jobId) };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
