import { createConnection } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { Refusal } from '@session-queue/core';
import { eventually, leakGuard } from '@session-queue/testing';
import { problemIn } from './support/problem.ts';
import { bearer, selectionLab } from './support/selection-lab.ts';

leakGuard();

const lab = selectionLab();
const { get, made, looked } = lab;

describe('the sessions of a selection', () => {
  const odd = ['plain-1', 'with,comma', 'say "x"', 'semi;colon', '=1+1'];

  test('come as CSV, which a deletion takes as it is', async () => {
    const { selection } = await looked(odd);
    const response = await get(`/v1/selections/${selection}/sessions`, { Accept: 'text/html, */*;q=0.1' });
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const csv = await response.text();
    expect(csv.split('\n').slice(0, 4)).toEqual(['session_id', 'plain-1', '"with,comma"', '"say ""x"""']);
    const accepted = await lab.producer.fetch('/v1/deletions', {
      method: 'POST',
      headers: { ...bearer(), 'Content-Type': 'text/csv' },
      body: csv,
    });
    expect(lab.queue.kept.get(((await accepted.json()) as { id: string }).id)?.items).toEqual(odd);
  });

  test('come as NDJSON on wish, and of none there is none', async () => {
    const accept = { Accept: 'application/x-ndjson' };
    const { selection } = await looked(odd);
    const response = await get(`/v1/selections/${selection}/sessions`, accept);
    expect(response.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    expect(await response.text()).toBe(odd.map((id) => `${JSON.stringify(id)}\n`).join(''));
    const { selection: empty } = await looked([]);
    expect(await (await get(`/v1/selections/${empty}/sessions`, accept)).text()).toBe('');
    expect(await (await get(`/v1/selections/${empty}/sessions`)).text()).toBe('session_id\n');
  });

  test('are not told while it walks, after it has failed or was cancelled', async () => {
    const id = await made();
    for (const state of ['walking', 'failed', 'cancelled'] as const) {
      lab.queue.becomes(id, { state });
      const problem = await problemIn(await get(`/v1/selections/${id}/sessions`));
      expect(problem).toMatchObject({ status: 409, detail: expect.stringContaining(state) });
    }
  });

  test('are a 503 while Redis is away, and cut off where it goes on the way', async () => {
    const { selection } = await looked(Array.from({ length: 2_500 }, (_, n) => `s${n}`));
    lab.queue.before = async () => await new Promise(() => undefined);
    expect((await problemIn(await get(`/v1/selections/${selection}/sessions`))).status).toBe(503);
    let looks = 0;
    lab.queue.before = async () => {
      looks += 1;
      if (looks > 1) throw new Refusal('unavailable', 'Redis has gone');
    };
    const response = await get(`/v1/selections/${selection}/sessions`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(await lab.producer.logEntry({ problem: 'unavailable', route: undefined })).toBeDefined();
  });

  test('are read no faster than somebody takes them, and no further once they are gone', async () => {
    const { selection } = await looked(Array.from({ length: 100_000 }, (_, n) => `${'x'.repeat(200)}${n}`));
    let pieces = 0;
    lab.queue.before = async () => {
      pieces += 1;
    };
    const socket = createConnection(lab.producer.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET /v1/selections/${selection}/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer all\r\n\r\n`);
    socket.pause();
    await eventually(() => Promise.resolve(pieces > 1 || undefined));
    let last = -1;
    // What the sockets hold between them is filled some time; then nothing moves.
    await eventually(
      async () => {
        const still = pieces === last;
        last = pieces;
        return still || undefined;
      },
      { intervalMs: 200 },
    );
    expect(last).toBeLessThan(80);
    socket.destroy();
    await lab.producer.logEntry({ msg: 'request', route: '/v1/selections/:id/sessions' });
    expect(pieces).toBeLessThanOrEqual(last + 2);
    expect(lab.producer.logged.filter((line) => line.includes('a request failed'))).toEqual([]);
  });

  test('have a head for whoever asks for nothing else', async () => {
    const { selection } = await looked(['a']);
    const response = await lab.producer.fetch(`/v1/selections/${selection}/sessions`, {
      method: 'HEAD',
      headers: bearer(),
    });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});
