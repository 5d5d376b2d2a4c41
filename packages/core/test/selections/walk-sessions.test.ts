import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakeLearnosity, type FakeLearnosityOptions, startFakeLearnosity } from '@session-queue/fake-learnosity';
import { leakGuard } from '@session-queue/testing';
import { createLearnosityClient } from '../../src/learnosity/learnosity-client.ts';
import { LearnosityError } from '../../src/learnosity/learnosity-error.ts';
import { builtInSigner } from '../../src/learnosity/signer.ts';
import { createTransport, type Transport } from '../../src/learnosity/transport.ts';
import {
  type FetchSessionsPage,
  type WalkCounts,
  type WalkedPage,
  type WalkPosition,
  walkSessions,
} from '../../src/selections/walk-sessions.ts';
import { accountAt } from '../learnosity/stand-in.ts';

leakGuard();

const all = { updated: { from: '2020-01-01T00:00:00Z' } };
const fakes: FakeLearnosity[] = [];
let transport: Transport;

beforeEach(() => {
  transport = createTransport();
});
afterEach(async () => {
  transport.stop();
  await Promise.all(fakes.splice(0).map((fake) => fake.close()));
});

/** A fake Learnosity, the client's own call for its pages, and the cursors it was called with. */
async function learnosityWith(options: FakeLearnosityOptions) {
  const fake = await startFakeLearnosity(options);
  fakes.push(fake);
  const client = createLearnosityClient({ account: accountAt(fake.url), transport, signer: builtInSigner });
  const asked: (string | undefined)[] = [];
  const fetchPage: FetchSessionsPage = (filter, page) => {
    asked.push(page.next);
    return client.listSessions(filter, page);
  };
  const shown = () => Array.from(fake.sessions()).filter((session) => session.shown);
  return { fake, fetchPage, asked, shown };
}

/** The pages of a walk, and what it ended with: its counts, or its error. */
async function walked(walk: AsyncGenerator<WalkedPage, WalkCounts, undefined>) {
  const pages: WalkedPage[] = [];
  try {
    for (;;) {
      const step = await walk.next();
      if (step.done) return { pages, counts: step.value };
      pages.push(step.value);
      if (pages.length > 20) throw new Error('there are not so many pages');
    }
  } catch (error) {
    return { pages, error };
  }
}

function idsOf(pages: readonly WalkedPage[]): string[] {
  return pages.flatMap(({ sessions }) => sessions.map(({ sessionId }) => sessionId));
}

describe('a walk over sessions', () => {
  test('goes to the empty page, and comes by every session that is shown once', async () => {
    const { fetchPage, asked, shown } = await learnosityWith({ makeSessions: { count: 230, withoutMetadata: 0.2 } });
    const { pages, counts } = await walked(walkSessions(all, fetchPage));
    const expected = shown().map(({ sessionId }) => sessionId);
    expect(expected.length).toBeLessThan(230);
    expect(idsOf(pages).toSorted()).toEqual(expected.toSorted());
    expect(counts).toEqual({ pages: pages.length, sessions: expected.length });
    expect(asked).toEqual([undefined, ...pages.map(({ position }) => position.next)]);
  });

  test('heeds its filter on every page', async () => {
    const { fetchPage, shown } = await learnosityWith({ makeSessions: { count: 600, users: 5 } });
    const { pages } = await walked(walkSessions({ userIds: ['user-2'] }, fetchPage));
    const expected = shown().filter(({ userId }) => userId === 'user-2');
    expect(expected.length).toBeGreaterThan(50);
    expect(idsOf(pages).toSorted()).toEqual(expected.map(({ sessionId }) => sessionId).toSorted());
  });

  test('that finds nothing ends at once, with counts of nothing', async () => {
    const { fetchPage, asked } = await learnosityWith({ makeSessions: { count: 10 } });
    const { pages, counts } = await walked(walkSessions({ userIds: ['nobody'] }, fetchPage));
    expect({ pages, counts, asked }).toEqual({ pages: [], counts: { pages: 0, sessions: 0 }, asked: [undefined] });
  });

  test('fetches a page when it is asked for, and none ahead: each needs a quota slot', async () => {
    const { fetchPage, asked } = await learnosityWith({ makeSessions: { count: 120 } });
    const walk = walkSessions(all, fetchPage);
    expect(asked).toHaveLength(0);
    await walk.next();
    expect(asked).toHaveLength(1);
    await walk.return({ pages: 0, sessions: 0 });
    expect(asked).toHaveLength(1);
  });

  test.each([1, 2, 3])('goes on from the position behind page %i, kept as text, and counts on', async (behind) => {
    const { fetchPage, asked } = await learnosityWith({ makeSessions: { count: 130 } });
    const whole = await walked(walkSessions(all, fetchPage));
    const position = JSON.parse(JSON.stringify(whole.pages[behind - 1]?.position)) as WalkPosition;
    asked.length = 0;
    const rest = await walked(walkSessions(all, fetchPage, { from: position }));
    expect(rest.pages).toEqual(whole.pages.slice(behind));
    expect(rest.counts).toEqual({ pages: 3, sessions: 130 });
    expect(asked[0]).toBe(position.next);
  });

  test('misses none while sessions of pages before are deleted', async () => {
    const { fake, fetchPage, shown } = await learnosityWith({
      makeSessions: { count: 160 },
      quotas: { deletion: null },
      jobMs: { min: 0, max: 0 },
    });
    const expected = shown().map(({ sessionId }) => sessionId);
    const client = createLearnosityClient({ account: accountAt(fake.url), transport, signer: builtInSigner });
    const found: string[] = [];
    for await (const { sessions } of walkSessions(all, fetchPage)) {
      const ids = sessions.map(({ sessionId }) => sessionId);
      found.push(...ids);
      await client.deleteSessions(ids);
    }
    expect(found.toSorted()).toEqual(expected.toSorted());
    expect((await walked(walkSessions(all, fetchPage))).counts).toEqual({ pages: 0, sessions: 0 });
    expect(fake.books().sessions.deleted).toBe(160);
  });

  test('ends with the error of a page that fails, and goes on from before it', async () => {
    const { fake, fetchPage } = await learnosityWith({ makeSessions: { count: 130 } });
    const walk = walkSessions(all, fetchPage);
    const first = await walk.next();
    fake.script({ fault: 'error', status: 429, code: 42000, times: 1 });
    await expect(walk.next()).rejects.toMatchObject({ decision: 'quota', code: '42000' });
    expect(await walk.next()).toEqual({ done: true, value: undefined });
    if (first.done) throw new Error('there is a first page');
    const rest = await walked(walkSessions(all, fetchPage, { from: first.value.position }));
    expect(rest.counts).toEqual({ pages: 3, sessions: 130 });
  });
});

describe('pages that lead to no end', () => {
  test('are found where a page asks for one before it', async () => {
    const { fake, fetchPage, asked } = await learnosityWith({ makeSessions: { count: 400 } });
    const walk = walkSessions(all, fetchPage);
    await walk.next();
    await walk.next();
    fake.script({ fault: 'wrongNext', next: 'first', times: 1 });
    const { pages, error } = await walked(walk);
    expect(pages.map(({ position }) => position.pages)).toEqual([3]);
    expect(asked).toHaveLength(4);
    expect(error).toBeInstanceOf(LearnosityError);
    expect(error).toMatchObject({ decision: 'transient', code: 'UNREADABLE', headersArrived: true });
    expect(String(error)).toMatch(/as of page 4\. Walk again from the beginning/);
    expect((error as Error).cause).toMatchObject({ message: 'meta.next is that of a page which was walked already' });
  });

  test('are found where they go in a circle for good, also after a walk that was taken up again', async () => {
    const { fake, fetchPage, asked } = await learnosityWith({ makeSessions: { count: 130 } });
    const walk = walkSessions(all, fetchPage);
    const first = await walk.next();
    await walk.return({ pages: 0, sessions: 0 });
    if (first.done) throw new Error('there is a first page');
    fake.script({ fault: 'wrongNext', next: 'first' });
    const { error } = await walked(walkSessions(all, fetchPage, { from: first.value.position }));
    expect(error).toMatchObject({ code: 'UNREADABLE' });
    expect(asked.length).toBeLessThan(6);
  });

  test('are not taken for all of them where a page with sessions leads nowhere', async () => {
    const { fake, fetchPage } = await learnosityWith({ makeSessions: { count: 130 } });
    const walk = walkSessions(all, fetchPage);
    const first = await walk.next();
    if (first.done) throw new Error('there is a first page');
    fake.script({ fault: 'wrongNext', next: 'none', times: 1 });
    const { pages, error } = await walked(walk);
    expect(pages).toEqual([]);
    expect((error as Error).cause).toMatchObject({ message: 'a page with sessions came without meta.next' });
    const rest = await walked(walkSessions(all, fetchPage, { from: first.value.position }));
    expect(rest.counts).toEqual({ pages: 3, sessions: 130 });
  });

  test('are told of without a cursor: nobody says that one holds no id (invariant 9)', async () => {
    const page = { sessions: [{ sessionId: 'id-0815', userId: 'id-0815', metadata: {} }], next: 'id-0815' };
    const fetchPage = () => Promise.resolve({ ...page, headersArrived: true, msSinceHeaders: 0 });
    const { error } = await walked(walkSessions(all, fetchPage));
    const { cause, stack } = error as LearnosityError;
    expect(`${stack} ${JSON.stringify(error)} ${String(cause)} ${JSON.stringify(cause)}`).not.toContain('id-0815');
  });
});
