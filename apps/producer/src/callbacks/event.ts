import type { RequestView } from '@session-queue/core';
import { presentRequest } from '../requests/present.ts';

/** What a receiver is told: the request as `GET /v1/requests/{id}` shows it, but for what becomes of this very callback. */
export interface CallbackEvent {
  type: `request.${RequestView['state']}`;
  /** When the request ended. */
  timestamp: string;
  data: Omit<RequestView, 'callback'>;
}

export function callbackEvent(view: RequestView, finishedAt: string): CallbackEvent {
  const { callback: _own, ...data } = presentRequest(view);
  return { type: `request.${view.state}`, timestamp: finishedAt, data };
}
