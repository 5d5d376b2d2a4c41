import type { AcceptOptions, DeletionWishes, Kind, RequestView } from '@session-queue/core';
import { confirmOrStop } from '../confirm.ts';
import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Source } from '../input/source.ts';
import { describePlan, planOf } from '../stock/dry-run.ts';
import { keyOf } from '../stock/idempotency-key.ts';
import { goodItems, type Stock, takeStock } from '../stock/take-stock.ts';
import { print, tell } from '../terminal.ts';
import { counted, readable } from '../wording.ts';
import { type SendOptions, send } from './send.ts';

export interface AskOptions extends SendOptions {
  skipInvalid?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

export interface Ask {
  kind: Kind;
  sources: readonly Source[];
  readsStdin: boolean;
  ignoreResponseRevisions?: boolean;
  /** What to ask a person before so many items of a consumer are sent; absent where nothing is lost by them. */
  question?: (count: number, consumer: string) => string;
}

/** Checks and counts all items, asks a person where that is due, sends, and says what was accepted. */
export async function askFor(session: Session, ask: Ask, options: AskOptions): Promise<void> {
  const { terminal } = session;
  const { kind, sources, question } = ask;
  const stock = await takeStock(kind, sources, terminal.interrupted);
  const isRefused = stock.bad > 0 && options.skipInvalid !== true;
  if (options.dryRun === true) {
    const plan = planOf(kind, stock);
    print(terminal, session.json ? JSON.stringify(plan) : describePlan(plan));
  }
  if (isRefused) throw new CommandFailure(exitCodes.usage, describeBad(stock));
  if (stock.items === 0) throw new CommandFailure(exitCodes.usage, `There is nothing to send: no ${nouns[kind]}s.`);
  if (options.dryRun === true) return;
  if (stock.bad > 0) tell(terminal, `${describeBad(stock, 'Left out')}`);
  if (question !== undefined) {
    await confirmOrStop(terminal, {
      text: question(stock.distinct, options.consumer ?? 'default'),
      count: stock.distinct,
      isConfirmed: options.yes === true,
      readsStdin: ask.readsStdin,
    });
  }
  const id = options.idempotencyKey ?? keyOf(ask, options, stock.digest);
  await send(session, id, options, (notes) => accept(session, ask, stock, notes));
}

function accept(
  { queue }: Session,
  ask: Ask,
  stock: Stock,
  notes: AcceptOptions & DeletionWishes,
): Promise<RequestView> {
  const { kind, sources, ignoreResponseRevisions } = ask;
  const options = { ...notes, skipped: () => stock.bad };
  const items = goodItems(sources, stock);
  if (kind === 'deletion') return queue.deleteSessions({ ...options, sessionIds: items });
  return queue.resubmit({
    ...options,
    submissions: items,
    ...(ignoreResponseRevisions === undefined ? {} : { ignoreResponseRevisions }),
  });
}

function describeBad({ bad, named }: Stock, what = 'Nothing was sent'): string {
  const more = bad > named.length ? [`and ${readable(bad - named.length)} more.`] : [];
  const hint = what === 'Nothing was sent' ? ' Mend them, or leave them out with --skip-invalid.' : '';
  return [...named, ...more, `${what}: ${counted(bad, 'bad item')}.${hint}`].join('\n');
}

const nouns = { deletion: 'session id', resubmission: 'submission' } as const satisfies Record<Kind, string>;
