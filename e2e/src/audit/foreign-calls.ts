import type { Evidence } from './evidence.ts';

/** How much later than at the tap a call may be at the stand-in. */
const wayMs = 250;

/** Whether another program called an endpoint with the same key. */
export function isShared({ foreignCalls }: Evidence, key: string, endpoint: string): boolean {
  return foreignCalls.some((call) => call.consumerKey === key && call.endpoint === endpoint);
}

/**
 * Answers of 429 that another user of a key has caused: `theirs` were given to that one, `ours` to us, at a moment when that one had
 * calls in the window. Whether ours alone were too many is found apart from this.
 */
export function causedByOthers({ foreignCalls, calls, books }: Evidence): { ours: number; theirs: number } {
  const counted = foreignCalls.filter(({ wasRefused }) => !wasRefused);
  const ours = calls.filter(({ status, consumerKey, endpoint, sentAt }) => {
    if (status !== 429 || (endpoint !== 'deletion' && endpoint !== 'resubmission')) return false;
    const windowMs = books.consumers[consumerKey]?.[endpoint]?.windowMs ?? 0;
    return counted.some(
      (other) =>
        other.consumerKey === consumerKey &&
        other.endpoint === endpoint &&
        other.answeredAt > sentAt - windowMs &&
        other.sentAt < sentAt + wayMs,
    );
  });
  return { ours: ours.length, theirs: foreignCalls.length - counted.length };
}
