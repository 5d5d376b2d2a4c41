import { ItemsSourceError } from '../requests/chunks.ts';
import { Refusal } from '../requests/refusal.ts';

/** Whatever is neither a refusal nor the reason of an abort comes from Redis or the way to it. */
export async function answering<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ItemsSourceError) throw error.cause;
    if (error instanceof Refusal || (signal?.aborted && error === signal.reason)) throw error;
    // Redis refuses what would take memory, once it has none: 'OOM command not allowed ...'.
    if (error instanceof Error && error.message.startsWith('OOM')) {
      throw new Refusal('memory_short', 'Redis has no memory left; the same call is safe to repeat', { cause: error });
    }
    throw new Refusal('unavailable', 'Redis did not answer as it should; the same call is safe to repeat', {
      cause: error,
    });
  }
}

/** The same for what comes some at a time. */
export async function* answeringEach<T>(
  source: AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) {
      const { done, value } = await answering(() => source.next());
      if (done === true) return;
      yield value;
    }
  } finally {
    await source.return();
  }
}

/** What follows a seal: whatever fails here, the request stands, and only the same call with the same id may be repeated. */
export async function sealed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new Refusal(
      'unavailable',
      'Redis has the request and did not answer further; the same call is safe to repeat',
      {
        cause,
      },
    );
  }
}
