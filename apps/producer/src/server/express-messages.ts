import { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';

export interface Messages {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
}

/**
 * What a server makes its requests and responses of so that they are Express's from the start. Those of a plain server Express gives
 * another prototype one by one: V8 gives up then what it has learnt of how they are built, and all that touches them is slow.
 */
export function expressMessages(app: Express): Messages {
  class AppRequest extends IncomingMessage {}
  class AppResponse<T extends IncomingMessage = IncomingMessage> extends ServerResponse<T> {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype });
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}
