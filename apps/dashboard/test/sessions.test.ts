import { describe, expect, it } from '@jest/globals';
import { accountOf } from '../src/accounts/account.ts';
import { deriveSessionKeys } from '../src/sign-in/session-keys.ts';
import { Sessions } from '../src/sign-in/sessions.ts';

const users = [
  { name: 'ada', admin: true, password: 'first password' },
  { name: 'vera', admin: false, password: 'second password' },
];

async function replica(of: typeof users, prefix = 'session-queue'): Promise<Sessions> {
  return new Sessions({ accounts: of.map(accountOf), keys: await deriveSessionKeys(of, prefix) });
}

describe("A session's token", () => {
  it('is understood by every replica and after a restart', async () => {
    const [one, other] = [await replica(users), await replica(users)];
    const token = one.issue({ name: 'ada', role: 'admin' });
    expect(other.read(token)?.account).toEqual({ name: 'ada', role: 'admin' });
  });

  it('ends with the password it was opened with, and nobody else’s does', async () => {
    const before = await replica(users);
    const after = await replica(users.map((user) => (user.name === 'ada' ? { ...user, password: 'new' } : user)));
    expect(after.read(before.issue({ name: 'ada', role: 'admin' }))).toBeUndefined();
    expect(after.read(before.issue({ name: 'vera', role: 'viewer' }))?.account.name).toBe('vera');
  });

  it('ends when its user is removed', async () => {
    const before = await replica(users);
    const after = await replica(users.slice(1));
    expect(after.read(before.issue({ name: 'ada', role: 'admin' }))).toBeUndefined();
  });

  it('carries no role: what the settings say now counts', async () => {
    const before = await replica(users);
    const after = await replica(users.map((user) => ({ ...user, admin: false })));
    expect(after.read(before.issue({ name: 'ada', role: 'admin' }))?.account.role).toBe('viewer');
  });

  it('is worth nothing at another installation with the same user and password', async () => {
    const [here, there] = [await replica(users), await replica(users, 'staging')];
    expect(there.read(here.issue({ name: 'ada', role: 'admin' }))).toBeUndefined();
  });

  it('is different each time', async () => {
    const sessions = await replica(users);
    const account = { name: 'ada', role: 'admin' } as const;
    expect(sessions.issue(account)).not.toBe(sessions.issue(account));
  });
});
