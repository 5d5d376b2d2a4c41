import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deferred, freePort, leakGuard } from '@session-queue/testing';
import { HttpSessionQueue } from '../../../src/client/index.ts';
import { problem, StandIn, shown } from './stand-in.ts';

leakGuard();

let producer: StandIn;
let queue: HttpSessionQueue;
beforeAll(async () => {
  producer = await StandIn.start();
});
afterAll(() => producer.stop());
beforeEach(() => {
  producer.reset();
  queue = new HttpSessionQueue({ url: producer.url, pause: async () => undefined });
});

const accepted = { status: 202, body: shown() };
const ids = (n: number): string[] => Array.from({ length: n }, (_, i) => `session ${i} “ü”\u2028`);

function linesOf(n: number): unknown[] {
  const text = producer.arrivals[n]?.body ?? '';
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

describe('a long list over HTTP', () => {
  test('goes as lines, in its order, with the notes in the query', async () => {
    producer.answers(accepted);
    const submissions = Array.from({ length: 2_500 }, (_, i) => Buffer.from(`submission ${i}`).toString('base64'));
    await queue.resubmit({ submissions, ignoreResponseRevisions: true, reason: 'law & order', consumer: 'north' });
    const [arrival] = producer.arrivals;
    expect(arrival?.headers['content-type']).toBe('application/x-ndjson');
    expect(arrival?.url).toBe('/v1/resubmissions?consumer=north&reason=law+%26+order&ignoreResponseRevisions=true');
    expect(linesOf(0)).toEqual(submissions);
  });

  test('of few but large items goes as lines, too', async () => {
    producer.answers(accepted);
    const submissions = ['A'.repeat(300_000), 'B'.repeat(300_000), 'CCCC'];
    await queue.resubmit({ submissions });
    expect(linesOf(0)).toEqual(submissions);
  });

  test('is sent whole again when it is a list', async () => {
    producer.answers('cut', problem('unavailable', 503), accepted);
    const sessionIds = ids(3_001);
    await queue.deleteSessions({ sessionIds });
    expect(producer.arrivals).toHaveLength(3);
    for (const n of [0, 1, 2]) expect(linesOf(n)).toEqual(sessionIds);
    expect(new Set(producer.arrivals.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  test('that can be read only once is not sent half: the refusal tells how to go on', async () => {
    producer.answers(problem('unavailable', 503, { detail: 'Redis is away' }));
    function* given(): Generator<string> {
      yield* ids(3_001);
    }
    const call = queue.deleteSessions({ id: 'retention-7', sessionIds: given() });
    await expect(call).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining("'retention-7'"),
    });
    expect(producer.arrivals).toHaveLength(1);
  });

  test('that can be read only once waits for a producer that does not listen yet', async () => {
    producer.answers(accepted);
    const nobody = `http://127.0.0.1:${await freePort()}`;
    let attempts = 0;
    // The first attempt finds nobody, before anything was taken from the source.
    const patient = new HttpSessionQueue({
      url: producer.url,
      pause: async () => undefined,
      fetch: async (input, init) => {
        attempts += 1;
        return await fetch(attempts === 1 ? nobody : input, init);
      },
    });
    async function* given(): AsyncGenerator<string> {
      yield* ids(2_001);
    }
    expect(await patient.deleteSessions({ sessionIds: given() })).toEqual(shown());
    expect(attempts).toBe(2);
    expect(linesOf(0)).toEqual(ids(2_001));
  });

  test('is read no faster than the producer takes it', async () => {
    const wanted = 400_000;
    let given = 0;
    function* source(): Generator<string> {
      for (; given < wanted; given += 1) yield `${given}`.padStart(100, '0');
    }
    const arrived = deferred<() => void>();
    producer.handle = (request, response) => {
      request.pause();
      arrived.resolve(() => {
        request.resume();
        request.on('end', () => response.writeHead(202).end(JSON.stringify(shown())));
      });
    };
    const call = queue.deleteSessions({ sessionIds: source() });
    const goOn = await arrived.promise;
    // What the sockets hold between the two is taken; then nothing more, however long nobody reads.
    let before = -1;
    while (given !== before) {
      before = given;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(given).toBeLessThan(wanted / 2);
    goOn();
    await call;
    expect(given).toBe(wanted);
  });

  test('ends with the error of its source, and the producer gets no end of it', async () => {
    const cut = deferred<void>();
    producer.handle = (request) => {
      request.resume();
      void once(request, 'end').then(
        () => cut.reject(new Error('the body came to its end')),
        () => cut.resolve(),
      );
      request.on('error', () => cut.resolve());
    };
    const reason = new Error('the file is gone');
    let isReleased = false;
    async function* source(): AsyncGenerator<string> {
      try {
        yield* ids(5_000);
        throw reason;
      } finally {
        isReleased = true;
      }
    }
    await expect(queue.deleteSessions({ sessionIds: source() })).rejects.toBe(reason);
    await cut.promise;
    expect(isReleased).toBe(true);
  });

  test('is refused over a bad item at its place, as over Redis', async () => {
    producer.answers(accepted);
    const sessionIds = [...ids(4_000), '', 'more'];
    const call = queue.deleteSessions({ sessionIds });
    await expect(call).rejects.toMatchObject({ code: 'invalid', field: 'sessionIds[4000]' });
  });

  test('ends with the signal, and its source is let go', async () => {
    const begun = deferred<void>();
    const released = deferred<void>();
    producer.handle = (request) => {
      request.resume();
      begun.resolve();
    };
    async function* source(): AsyncGenerator<string> {
      try {
        for (;;) {
          yield 'again';
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        released.resolve();
      }
    }
    const abort = new AbortController();
    const call = queue.deleteSessions({ sessionIds: source(), signal: abort.signal });
    await begun.promise;
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(call).rejects.toBe(reason);
    await released.promise;
  });
});
