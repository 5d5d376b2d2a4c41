import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger, hashPassword, parseUserList } from '@session-queue/core';
import { eventually, leakGuard } from '@session-queue/testing';
import { Passwords } from '../src/sign-in/passwords.ts';
import { UserFile } from '../src/sign-in/user-file.ts';

leakGuard();

describe('The file of users', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'users-'));
    path = join(folder, 'users');
  });

  afterEach(async () => await rm(folder, { recursive: true }));

  const hash = `$scrypt$ln=15,r=8,p=3$${'A'.repeat(22)}$${'B'.repeat(43)}`;
  const ada = `ada:admin:${hash}\n`;
  const vera = `vera:viewer:${hash}\n`;

  async function fileOf(text: string, intervalMs = 60_000): Promise<UserFile> {
    await writeFile(path, text);
    const { users } = parseUserList(text);
    return new UserFile({ path, text, users }, createLogger({ level: 'silent', name: 'test' }), intervalMs);
  }
  const names = (file: UserFile) => file.users.map(({ name }) => name);

  it('is read again when it changes, once two looks find the same', async () => {
    const file = await fileOf(ada + vera);
    await writeFile(path, vera);
    await file.look();
    expect(names(file)).toEqual(['ada', 'vera']);
    await file.look();
    expect(names(file)).toEqual(['vera']);
  });

  it('leaves the users as they were while it cannot be used', async () => {
    const file = await fileOf(ada);
    for (const change of [async () => await writeFile(path, 'ada:owner:x'), async () => await rm(path)]) {
      await change();
      await file.look();
      await file.look();
      expect(names(file)).toEqual(['ada']);
    }
    await writeFile(path, vera);
    await file.look();
    await file.look();
    expect(names(file)).toEqual(['vera']);
  });

  it('stops being looked at, twice as well, and before it began', async () => {
    const file = await fileOf(ada, 10);
    file.stop();
    file.start();
    await writeFile(path, vera);
    await eventually(() => names(file).includes('vera'));
    file.stop();
    file.stop();
    await writeFile(path, ada);
    await pause(100);
    expect(names(file)).toEqual(['vera']);
  });
});

describe('Passwords', () => {
  it('are checked a few at a time, and beyond that nobody waits', async () => {
    const user = { name: 'ada', role: 'admin', hash: await hashPassword('right') } as const;
    const passwords = new Passwords(() => [user]);
    const answers = await Promise.all([
      passwords.check('ada', 'right'),
      ...Array.from({ length: 30 }, async () => await passwords.check('nobody', 'wrong')),
    ]);
    expect(answers[0]).toBe(user);
    expect(answers.filter((answer) => answer === 'busy')).toHaveLength(9);
    expect(await passwords.check('ada', 'right')).toBe(user);
  }, 30_000);
});
