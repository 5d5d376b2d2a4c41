import { describe, expect, test } from '@jest/globals';
import { parseUserList, verifyPassword } from '@session-queue/core';
import { leakGuard } from '@session-queue/testing';
import { type RunOptions, runCommand } from '../support/test-terminal.ts';

leakGuard();

const password = 'correct horse battery';

describe('users new', () => {
  const run = async (options: string, given: Omit<RunOptions, 'environment'> = {}) =>
    await runCommand(['users', 'new', ...options.split('|')], { environment: {}, ...given });

  async function expectKnown(line: string): Promise<void> {
    const { users, faults } = parseUserList(line);
    expect(faults).toEqual([]);
    const [user] = users;
    expect(user).toMatchObject({ name: 'ada', role: 'operator' });
    if (user !== undefined) expect(await verifyPassword(password, user.hash)).toBe(true);
  }

  test('prints a line that the dashboard takes, and that knows the password and does not hold it', async () => {
    const { exitCode, stdout, stderr } = await run('--name|ada|--role|operator', { stdin: `${password}\n` });
    expect(exitCode).toBe(0);
    await expectKnown(stdout);
    expect(`${stdout}${stderr}`).not.toContain(password);
  });

  test('asks a person twice, and shows nothing of what they type', async () => {
    const typed = { stdin: `${password}\r${password}\r`, isWatched: true };
    const { exitCode, stdout, stderr } = await run('--name|ada|--role|operator', typed);
    expect(exitCode).toBe(0);
    await expectKnown(stdout);
    expect(stderr).toContain('The same again: ');
    expect(`${stdout}${stderr}`).not.toContain(password);
  });

  test('prints JSON for programs', async () => {
    const { stdout } = await run('--name|ada|--role|operator|--json', { stdin: password });
    await expectKnown((JSON.parse(stdout) as { line: string }).line);
  });

  test.each([
    ['too short a password', { stdin: 'short\n' }, 'at least 12 characters'],
    ['two lines', { stdin: `${password}\n${password}\n` }, 'in one line'],
    ['nothing', { stdin: '' }, 'at least 12 characters'],
    ['two that differ', { stdin: `${password}\r${password}!\r`, isWatched: true }, 'not the same'],
    ['a person who goes away', { stdin: '', isWatched: true }, 'No password was given'],
  ] as const)('makes nothing of %s, and says so', async (_what, given, told) => {
    const { exitCode, stdout, stderr } = await run('--name|ada|--role|operator', given);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(told);
  });

  test('names every wrong option', async () => {
    const { exitCode, stderr } = await run('--name|a:b|--role|owner', { stdin: password });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--name must be');
    expect(stderr).toContain('--role must be one of viewer, operator, admin');
  });
});
