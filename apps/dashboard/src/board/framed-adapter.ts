import type { AppViewRoute, ControllerHandlerReturnType } from '@bull-board/api/typings/app';
import { ExpressAdapter } from '@bull-board/express';
import type { Account } from '../accounts/account.ts';
import { skipLink, topBar } from '../pages/layout.ts';

/** Bull Board's page loads fonts from another site; it does without them here. */
const foreignLink = /<link\b[^>]*\bhref="https?:[^>]*>/g;
/** What Bull Board's page is drawn into. */
const root = '<div id="root">';

/** Serves Bull Board below the bar of our own pages, with a page that names no other site, and with our additions. */
export class FramedAdapter extends ExpressAdapter {
  readonly #account: () => Account;

  /** `account` says for whom a page is. */
  constructor(account: () => Account) {
    super();
    this.#account = account;
  }

  override setEntryRoute(entry: AppViewRoute): this {
    this.app.get(entry.route, (_request, response, next) => {
      const { name, params } = entry.handler({ basePath: this.basePath, uiConfig: this.uiConfig });
      response.render(name, params, (error: Error | null, page: string) => {
        if (error !== null) return next(error);
        response.send(this.#framed(page));
      });
    });
    return this;
  }

  /** An error's own message could repeat a piece of a job that is no JSON (invariant 9). */
  override setErrorHandler(handler: (error: Error) => ControllerHandlerReturnType): this {
    return super.setErrorHandler((error) => {
      const { status = 500 } = handler(error);
      const message = 'Bull Board could not answer this. Redis may be away, or a job is not as BullMQ writes it.';
      return { status, body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' }, message } };
    });
  }

  #framed(page: string): string {
    const bar = `${skipLink('#root').text}${topBar(this.#account(), 'queues').text}`;
    const ours =
      '<link rel="stylesheet" href="/assets/board.css"><script src="/assets/board.js" defer></script></head>';
    // A function: `$` in a replacement text has a meaning.
    return page
      .replace(foreignLink, '')
      .replace('</title>', ' · Session Queue</title>')
      .replace('</head>', ours)
      .replace(root, () => `${bar}${root}`);
  }
}
