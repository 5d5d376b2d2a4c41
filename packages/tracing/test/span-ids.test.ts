import { describe, expect, test } from '@jest/globals';
import { batchSpan, requestSpan } from '../src/index.ts';

const one = '0b8f2a3e-0000-4000-8000-000000000001';

describe('the ids of spans', () => {
  test('of a request are the same in every process and version: others may have them in their books', () => {
    expect(requestSpan(one)).toEqual({ traceId: '4b76e8bee8f6cc26c4710163f7771975', spanId: 'a9f7b2f4931f8531' });
    expect(requestSpan('another')).not.toEqual(requestSpan(one));
  });

  test('of a batch of one request that is not full lie in the trace of the request', () => {
    const { traceId, spanId, below } = batchSpan('b', [one], false);
    expect(below).toEqual(requestSpan(one));
    expect(traceId).toBe(requestSpan(one).traceId);
    expect(spanId).not.toBe(requestSpan(one).spanId);
  });

  test.each([
    ['that is full', [one], true],
    ['of several requests', [one, 'another'], false],
  ])('of a batch %s lie in a trace of its own', (_which, requests, isFull) => {
    const { traceId, below } = batchSpan('b', requests, isFull);
    expect(below).toBeUndefined();
    expect(requests.map((id) => requestSpan(id).traceId)).not.toContain(traceId);
  });
});
