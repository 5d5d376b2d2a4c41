import { Refusal } from '../requests/refusal.ts';
import { finalStates, type RequestView } from '../requests/request.ts';

/** A request while all of its kind are stopped, with the reason; one that has ended is as it was. */
export function withStop(view: RequestView, reason: string | undefined): RequestView {
  return reason === undefined || finalStates.has(view.state) ? view : { ...view, allStopped: reason };
}

/** Why the state of a request does not allow what was asked. */
export function conflict(view: RequestView, done: string): Refusal {
  return new Refusal('conflict', `this request is ${view.state}: it cannot be ${done}`);
}
