import { createHash } from 'node:crypto';

/** A span's place: 16 and 8 bytes in hex. */
export interface SpanIds {
  traceId: string;
  spanId: string;
}

/**
 * The span of a request's acceptance, and its trace. They follow from its id, so that every process knows them and none has to
 * keep or to pass them, and whoever knows a request finds its trace (decision 22).
 */
export function requestSpan(id: string): SpanIds {
  const digest = createHash('sha256').update(`request ${id}`).digest('hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}

/**
 * The span of the call that Learnosity accepted a batch with. A batch of one request that is not full is part of that request's
 * trace. Any other has a trace of its own: a request of a million items would else be one of 60,000 spans, which no store takes.
 */
export function batchSpan(id: string, requests: readonly string[], isFull: boolean): SpanIds & { below?: SpanIds } {
  const digest = createHash('sha256').update(`batch ${id}`).digest('hex');
  const [request, ...others] = requests;
  const own = { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
  if (request === undefined || others.length > 0 || isFull) return own;
  const below = requestSpan(request);
  return { traceId: below.traceId, spanId: own.spanId, below };
}
