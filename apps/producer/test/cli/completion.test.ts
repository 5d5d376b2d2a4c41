import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommand } from '../support/test-terminal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-queue-completion-'));
  await writeFile(join(folder, 'ids of may.csv'), '');
});
afterAll(async () => await rm(folder, { recursive: true }));

async function script(shell: string): Promise<string> {
  return (await runCommand(['completion', shell], { environment: {} })).stdout;
}

describe('completion in bash', () => {
  /** What bash offers for the last of some words. */
  async function offered(...words: string[]): Promise<string[]> {
    const body = `${await script('bash')}
      COMP_WORDS=(session-queue "$@"); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
      compopt() { :; }
      _session_queue; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const text = execFileSync('bash', ['-c', body, 'bash', ...words], { cwd: folder, encoding: 'utf8' });
    return text.split('\n').filter((word) => word !== '');
  }

  test('offers commands, and the options of each', async () => {
    expect(await offered('re')).toEqual(['resubmit', 'release', 'revoke', 'retry']);
    expect(await offered('')).toEqual(expect.arrayContaining(['delete', 'watch', 'doctor', 'completion']));
    expect(await offered('list', '--s')).toEqual(['--state', '--since']);
    // One way to do a thing: a folder is a path, and --watch has no other name.
    const asking = await offered('resubmit', '--');
    expect(asking).toContain('--watch');
    expect(asking).not.toContain('--dir');
    expect(asking).not.toContain('--follow');
  });

  test('offers what a value may be: words, files, or nothing', async () => {
    expect(await offered('list', '--state', 'c')).toEqual(['completed', 'cancelled']);
    expect(await offered('list', '-k', '')).toEqual(['deletion', 'resubmission']);
    expect(await offered('select', '--status', '')).toEqual([
      'Incomplete',
      'Completed',
      'Discarded',
      'Pending\\ Scoring',
    ]);
    expect(await offered('select', '--session-ids-file', 'i')).toEqual(['ids of may.csv']);
    expect(await offered('preview', 'some-id', '--')).toEqual(expect.arrayContaining(['--csv', '--ndjson', '--limit']));
    expect(await offered('delete', '--file', 'i')).toEqual(['ids of may.csv']);
    expect(await offered('resubmit', 'i')).toEqual(['ids of may.csv']);
    expect(await offered('delete', '--reason', '')).toEqual([]);
    expect(await offered('parked', 'some-id', '')).toEqual(['resend', 'fail']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await offered('keys', '')).toEqual(['new']);
    expect(await offered('keys', 'new', '--ex')).toEqual(['--expires']);
  });
});

test('the scripts for zsh and fish name every command with what it is for', async () => {
  const help = (await runCommand(['--help'], { environment: {} })).stdout;
  const commands = [...help.matchAll(/^ {2}([a-z]+)(?:\|\w+)? .*(?:\[options\]|<\w+>|\[command\])/gm)].map(
    ([, name]) => name,
  );
  expect(commands.length).toBeGreaterThan(12);
  const [zsh, fish] = [await script('zsh'), await script('fish')];
  for (const name of commands) {
    expect(zsh).toMatch(new RegExp(`'${name}:[a-z]`));
    expect(fish).toMatch(new RegExp(`-a ${name} -d '[a-z]`));
  }
});

describe.each(['bash', 'zsh', 'fish'])('%s', (shell) => {
  // Not every machine has every shell: a skipped test shows that it was not asked.
  const hasShell = spawnSync(shell, ['-c', '']).error === undefined;
  (hasShell ? test : test.skip)('takes its script for a correct one', async () => {
    const file = join(folder, `script.${shell}`);
    await writeFile(file, await script(shell));
    const checked = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    expect([checked.status, checked.stderr]).toEqual([0, '']);
  });
});
