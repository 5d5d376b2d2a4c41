import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KnownUser, User } from '@session-queue/core';
import { leakGuard, testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { hashPlainUsers } from '../src/sign-in/plain-users.ts';
import { Sessions } from '../src/sign-in/sessions.ts';

leakGuard();

const users: User[] = [
  { name: 'ada', role: 'admin', password: 'first password' },
  { name: 'vera', role: 'viewer', password: 'second password' },
];

describe('A session', () => {
  let server: Awaited<ReturnType<typeof testRedis>>;
  let redis: Redis;
  /** Hashing takes long, and gives every replica the same. */
  const hashed = new Map<string, Promise<KnownUser[]>>();

  beforeAll(async () => {
    server = await testRedis();
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
  });

  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  async function replica(of: User[], { prefix = server.prefix, hasIssuer = false } = {}) {
    const key = JSON.stringify([of, prefix]);
    const hashing = hashed.get(key) ?? hashPlainUsers(of, prefix);
    hashed.set(key, hashing);
    const known = await hashing;
    const findUser = (name: string) => known.find((user) => user.name === name);
    const sessions = new Sessions({ redis, prefix, findUser, hasIssuer });
    const open = async (name: string): Promise<string> => {
      const user = findUser(name);
      if (user === undefined) throw new Error(`there is no ${name}`);
      return await sessions.openFor(user);
    };
    const read = async (token: string) => (await sessions.read(token, { isUse: true }))?.account;
    return { sessions, open, read };
  }

  it('is understood by every replica and after a restart', async () => {
    const one = await replica(users);
    hashed.clear();
    const other = await replica(users);
    const token = await one.open('ada');
    expect(await other.read(token)).toMatchObject({ name: 'ada', role: 'admin' });
    await other.sessions.end(token);
    expect(await one.read(token)).toBeUndefined();
  });

  it('ends with the password it was opened with, and nobody else’s does', async () => {
    const before = await replica(users);
    const after = await replica(users.map((user) => (user.name === 'ada' ? { ...user, password: 'new' } : user)));
    expect(await after.read(await before.open('ada'))).toBeUndefined();
    expect(await after.read(await before.open('vera'))).toMatchObject({ name: 'vera' });
  });

  it('ends when its user is removed, and has the role that its user has now', async () => {
    const before = await replica(users);
    const token = await before.open('ada');
    expect(await (await replica(users.slice(1))).read(token)).toBeUndefined();
    const demoted = await replica(users.map((user) => ({ ...user, role: 'viewer' as const })));
    expect(await demoted.read(token)).toMatchObject({ role: 'viewer' });
  });

  it('is worth nothing at another installation with the same users', async () => {
    const there = await replica(users, { prefix: `${server.prefix}-staging` });
    expect(await there.read(await (await replica(users)).open('ada'))).toBeUndefined();
  });

  it('has a token for its forms that belongs to it alone', async () => {
    const { open, read } = await replica(users);
    const [one, other] = [await open('ada'), await open('ada')];
    const tokens = [(await read(one))?.formToken, (await read(other))?.formToken];
    expect(tokens[0]).toMatch(/^[\w-]{43}$/);
    expect(tokens[0]).not.toBe(tokens[1]);
    expect((await read(one))?.formToken).toBe(tokens[0]);
  });

  it('cannot be taken over by who reads Redis', async () => {
    const token = await (await replica(users)).open('ada');
    const { formToken = '' } = (await (await replica(users)).read(token)) ?? {};
    const kept = await redis.keys(`${server.prefix}:dashboard:session:*`);
    expect(kept).not.toEqual([]);
    for (const key of kept) {
      const held = `${key} ${await redis.get(key)}`;
      for (const secret of [token, formToken]) expect(held).not.toContain(secret);
    }
  });

  it('from an issuer is none where there is no issuer any more', async () => {
    const before = await replica(users, { hasIssuer: true });
    const token = await before.sessions.openForIssuer('ola', 'operator');
    expect(await before.read(token)).toMatchObject({ name: 'ola', role: 'operator' });
    expect(await (await replica(users)).read(token)).toBeUndefined();
  });

  it('that is no JSON, or of another version, is none', async () => {
    const { open, read } = await replica(users);
    const token = await open('ada');
    for (const key of await redis.keys(`${server.prefix}:dashboard:session:*`)) await redis.set(key, '{"name":1');
    expect(await read(token)).toBeUndefined();
  });
});
