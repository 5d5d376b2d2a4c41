import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { parseKeyList } from '../../src/auth/known-key.ts';
import { type Run, runCommand } from '../support/test-terminal.ts';

leakGuard();

describe('keys new', () => {
  /** Options and their values by turns, parted by `|`. */
  const run = async (options: string): Promise<Run> =>
    await runCommand(['keys', 'new', ...options.split('|')], { environment: {} });

  test('prints a token, and an entry that the producer takes and that knows it', async () => {
    const { exitCode, stdout, stderr } = await run(
      '--name|lms|--scopes|deletion:create, request:read|--consumers|north,west|--expires|2027-01-31|--rate-per-minute|60',
    );
    expect(exitCode).toBe(0);
    const [token = '', entry = '', ...rest] = stdout.split('\n');
    expect(rest).toEqual(['']);
    expect(JSON.parse(entry)).toEqual({
      name: 'lms',
      hash: `sha256:${createHash('sha256').update(token).digest('hex')}`,
      scopes: ['deletion:create', 'request:read'],
      consumers: ['north', 'west'],
      ratePerMinute: 60,
      expires: '2027-01-31T00:00:00.000Z',
    });
    expect(parseKeyList(`[${entry}]`).faults).toEqual([]);
    expect(stderr).toContain('only this once');
  });

  test('prints JSON for programs', async () => {
    const { stdout } = await run('--name|lms|--scopes|request:read|--json');
    expect(JSON.parse(stdout)).toMatchObject({ token: expect.stringMatching(/^sq_/), entry: { name: 'lms' } });
  });

  test('names every wrong option, and makes nothing', async () => {
    const { exitCode, stdout, stderr } = await run(
      '--name|l m s|--scopes|everything|--consumers||--expires|soon|--rate-per-minute|x',
    );
    expect([exitCode, stdout]).toEqual([2, '']);
    const options = stderr
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(options).toEqual(['--name', '--scopes', '--consumers', '--expires', '--rate-per-minute']);
  });

  test.each(['--name|lms', '--scopes|request:read'])('asks for what is missing beside %s', async (options) => {
    expect((await run(options)).exitCode).toBe(2);
  });
});
