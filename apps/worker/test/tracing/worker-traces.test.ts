import { expect, test } from '@jest/globals';
import { batchSpan, type FinishedSpan, requestSpan, type SpanIds, type Tracing } from '@session-queue/tracing';
import type { WatchedBatch } from '../../src/observer.ts';
import { WorkerTraces } from '../../src/tracing/worker-traces.ts';

const jobIds: SpanIds = { traceId: 'a trace', spanId: 'a job' };

function traced(...told: ((traces: WorkerTraces) => void)[]): FinishedSpan[] {
  const spans: FinishedSpan[] = [];
  const tracing: Tracing = {
    telemetry: {} as Tracing['telemetry'],
    record: (span) => {
      spans.push(span);
      return jobIds;
    },
    within: (_place, work) => work(),
    stop: () => Promise.resolve(),
  };
  const traces = new WorkerTraces(tracing);
  for (const tell of told) tell(traces);
  return spans;
}

const batch = (shares: WatchedBatch['shares']): WatchedBatch => ({
  id: 'b',
  kind: 'deletion',
  consumer: 'north',
  size: shares.reduce((size, { items }) => size + items, 0),
  shares,
});
const small = batch([{ request: 'one', items: 3 }]);

test('the call that was accepted is what a batch of one request adds to that request’s trace', () => {
  const { below, ...ids } = batchSpan('b', ['one'], false);
  const [call] = traced((traces) => traces.callEnded(small, 'accepted', 120));
  expect(call).toEqual({
    name: 'call',
    role: 'client',
    ms: 120,
    as: ids,
    below,
    links: [],
    facts: {
      'session_queue.consumer': 'north',
      'session_queue.kind': 'deletion',
      'session_queue.batch.id': 'b',
      'session_queue.request.id': 'one',
      'session_queue.items': 3,
      'session_queue.result': 'accepted',
    },
  });
});

test('a call that failed has no ids of the batch, which the next may have', () => {
  const [call] = traced((traces) => traces.callEnded(small, 'transient', 120));
  expect(call).toMatchObject({ below: requestSpan('one'), failed: true });
  expect(call?.as).toBeUndefined();
});

test.each([
  ['a full batch', batch([{ request: 'one', items: 50 }]), ['one']],
  [
    'a batch of several requests',
    batch([
      { request: 'one', items: 1 },
      { request: 'two', items: 1 },
    ]),
    ['one', 'two'],
  ],
])('%s has a trace of its own, which leads to its requests', (_which, of, requests) => {
  const ids = batchSpan('b', requests, of.size === 50);
  const [accepted, failed] = traced(
    (traces) => traces.callEnded(of, 'accepted', 1),
    (traces) => traces.callEnded(of, 'quota', 1),
  );
  expect(accepted).toMatchObject({ as: ids, below: undefined, links: requests.map(requestSpan) });
  expect(failed).toMatchObject({ below: ids, links: requests.map(requestSpan) });
});

test('the job of a batch ends before its settling begins', () => {
  const [job, settle] = traced((traces) => traces.jobEnded(small, 'halted', 5_000, 3));
  expect(job).toMatchObject({ name: 'job', ms: 5_000, endedMsAgo: 3, failed: true });
  expect(job?.below).toMatchObject({ spanId: batchSpan('b', ['one'], false).spanId });
  expect(settle).toMatchObject({ name: 'settle', ms: 3, below: jobIds });
});
