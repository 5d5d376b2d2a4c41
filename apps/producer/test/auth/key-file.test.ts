import { mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, leakGuard } from '@session-queue/testing';
import { pino } from 'pino';
import { keyFinder } from '../../src/auth/find-key.ts';
import { KeyFile } from '../../src/auth/key-file.ts';
import { parseKeyList, unlimitedKey } from '../../src/auth/known-key.ts';
import { newKey } from '../../src/auth/new-key.ts';

leakGuard();

describe('the file of API keys', () => {
  const first = newKey({ name: 'lms', scopes: ['request:read'] });
  const second = newKey({ name: 'exams', scopes: ['request:read'] });
  const logged: string[] = [];
  let folder: string;
  let path: string;
  let file: KeyFile;

  beforeEach(async () => {
    logged.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'keys-'));
    path = join(folder, 'keys.json');
    const text = JSON.stringify([first.entry]);
    await writeFile(path, text);
    file = new KeyFile({
      file: { path, text, keys: parseKeyList(text).keys },
      others: [unlimitedKey({ name: 'other', hash: '00'.repeat(32), isPlain: true })],
      log: pino({}, { write: (line) => logged.push(line) }),
      intervalMs: 10,
    });
    file.start();
  });
  afterEach(async () => {
    file.stop();
    await rm(folder, { recursive: true });
  });

  const nameOf = (token: string) => {
    const found = keyFinder(() => file.keys)(token);
    return found instanceof Promise || found === undefined || found === 'ended' ? undefined : found.name;
  };

  /** At once, so that no look comes amid it. */
  async function replace(text: string): Promise<void> {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }

  test('is read again when it changes: a key is added, and one is taken back', async () => {
    expect([nameOf(first.token), nameOf(second.token)]).toEqual(['lms', undefined]);
    await replace(JSON.stringify([second.entry]));
    await eventually(() => nameOf(second.token) === 'exams');
    expect(nameOf(first.token)).toBeUndefined();
    await replace('[]');
    await eventually(() => nameOf(second.token) === undefined);
  });

  test('is followed when it is swapped as a link, as Kubernetes does', async () => {
    await writeFile(join(folder, 'new.json'), JSON.stringify([second.entry]));
    await symlink(join(folder, 'new.json'), join(folder, 'link'));
    await rename(join(folder, 'link'), path);
    await eventually(() => nameOf(second.token) === 'exams');
  });

  test.each([
    ['is no JSON', async () => await replace('private'), 'is not JSON'],
    ['is gone', async () => await unlink(path), 'cannot be read'],
    [
      'takes the name of a key from elsewhere',
      async () => await replace(JSON.stringify([{ ...second.entry, name: 'other' }])),
      'has the key other twice',
    ],
  ])('leaves the keys as they were when it %s, says so once, and goes on', async (_what, spoil, fault) => {
    await spoil();
    await eventually(() => logged.length > 0);
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({ level: 50, faults: [fault] });
    expect(nameOf(first.token)).toBe('lms');
    await replace(JSON.stringify([second.entry]));
    await eventually(() => nameOf(second.token) === 'exams');
    expect(logged).toHaveLength(2);
    expect(logged.join()).not.toContain('private');
  });

  test('is not read amid a write', async () => {
    const texts = ['[', `[${JSON.stringify(second.entry)}`, JSON.stringify([second.entry])];
    file.stop();
    await file.look();
    for (const text of texts) {
      await writeFile(path, text);
      await file.look();
      expect([nameOf(first.token), nameOf(second.token)]).toEqual(['lms', undefined]);
    }
    await file.look();
    expect([nameOf(first.token), nameOf(second.token)]).toEqual([undefined, 'exams']);
    expect(logged).toHaveLength(1);
  });

  test('is not read after the stop, which is safe twice and before the start', async () => {
    file.stop();
    file.stop();
    await replace(JSON.stringify([second.entry]));
    await pause(100);
    expect([nameOf(first.token), nameOf(second.token)]).toEqual(['lms', undefined]);
    const { keys } = file;
    new KeyFile({ file: { path, text: '', keys }, others: [], log: pino({ level: 'silent' }) }).stop();
  });
});
