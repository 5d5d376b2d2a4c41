import type { AppViewRoute } from '@bull-board/api/typings/app';
import { ExpressAdapter } from '@bull-board/express';

/** Bull Board's page loads fonts from another site; it does without them here. */
const foreignLink = /<link\b[^>]*\bhref="https?:[^>]*>/g;

/** Serves Bull Board with a page that names no other site, and with our additions to its style. */
export class OfflineAdapter extends ExpressAdapter {
  override setEntryRoute(entry: AppViewRoute): this {
    this.app.get(entry.route, (_request, response, next) => {
      const { name, params } = entry.handler({ basePath: this.basePath, uiConfig: this.uiConfig });
      response.render(name, params, (error: Error | null, page: string) => {
        if (error !== null) return next(error);
        const style = '<link rel="stylesheet" href="/assets/board.css"></head>';
        response.send(page.replace(foreignLink, '').replace('</head>', style));
      });
    });
    return this;
  }
}
