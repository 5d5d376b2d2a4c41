import type { AuditTrail } from '@session-queue/core/engine';
import type { Request } from 'express';
import { z } from 'zod';
import type { Account } from '../accounts/account.ts';
import { redisWork } from '../http/redis-work.ts';
import { type Html, html } from '../pages/html.ts';
import { actionWords, isAction } from './action-words.ts';

const query = z.object({ done: z.string().regex(/^\d{1,15}-\d{1,10}$/) });
/** An address that is kept, or sent to somebody, tells of nothing old. */
const toldForMs = 5 * 60_000;

export type DoneNotice = (request: Request, account: Account) => Promise<Html | undefined>;

/** Tells somebody that their action is done, as the audit log has it: an address alone can claim nothing. */
export function doneNotice(trail: Pick<AuditTrail, 'find'>): DoneNotice {
  return async (request, { name }) => {
    const asked = query.safeParse(request.query);
    if (!asked.success) return undefined;
    const entry = await redisWork(2_000, trail.find(asked.data.done));
    if (entry === undefined || entry.who !== name || entry.outcome !== 'done' || !isAction(entry.action))
      return undefined;
    if (Date.now() - Date.parse(entry.at) > toldForMs) return undefined;
    return html`<p class="banner good" role="status"><strong>Done.</strong> ${actionWords[entry.action].done} ${entry.reason === undefined ? undefined : html`Reason: ${entry.reason}.`}</p>`;
  };
}
