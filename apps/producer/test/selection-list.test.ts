import { describe, expect, test } from '@jest/globals';
import type { SelectionView } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { problemIn } from './support/problem.ts';
import { bearer, filter, selectionLab } from './support/selection-lab.ts';

leakGuard();

const lab = selectionLab();
const { get, made } = lab;

describe('the list of selections', () => {
  async function listed(query: string, token = 'all'): Promise<{ selections: SelectionView[]; next?: string }> {
    const response = await get(`/v1/selections${query}`, bearer(token));
    expect(response.status).toBe(200);
    return (await response.json()) as { selections: SelectionView[]; next?: string };
  }

  test('is asked for by state, consumer and who asked, a page at a time', async () => {
    const ids = [];
    for (const consumer of ['north', 'south', 'north'])
      ids.push(await made({ filter, consumer, requestedBy: consumer }));
    lab.queue.becomesReady(ids[0] ?? '', ['a']);
    const idsOf = async (query: string) => (await listed(query)).selections.map(({ id }) => id);
    expect(await idsOf('')).toEqual([ids[2], ids[1], ids[0]]);
    expect(await idsOf('?state=ready')).toEqual([ids[0]]);
    expect(await idsOf('?consumer=north&state=walking')).toEqual([ids[2]]);
    expect(await idsOf('?consumer=north&consumer=south&requestedBy=south')).toEqual([ids[1]]);
    const first = await get('/v1/selections?limit=2&consumer=north&consumer=south');
    expect(first.headers.get('link')).toBe('</v1/selections?limit=2&consumer=north&consumer=south&next=2>; rel="next"');
    expect(await idsOf('?limit=2&next=2')).toEqual([ids[0]]);
  });

  test('has for a token for some consumers theirs alone', async () => {
    const mine = await made({ filter, consumer: 'north' });
    await made({ filter, consumer: 'south' });
    for (const query of ['', '?consumer=north&consumer=south']) {
      expect((await listed(query, 'north')).selections.map(({ id }) => id)).toEqual([mine]);
    }
    expect(await listed('?consumer=south', 'north')).toEqual({ selections: [] });
  });

  test.each([
    ['?state=open', 'state'],
    ['?kind=deletion', 'kind'],
    ['?limit=0', 'limit'],
    ['?limit=201', 'limit'],
    ['?next=', 'next'],
    ['?since=yesterday', 'since'],
  ])('is refused with %s', async (query, field) => {
    const problem = await problemIn(await get(`/v1/selections${query}`));
    expect(problem).toMatchObject({ status: 400, errors: [{ field }] });
  });
});
