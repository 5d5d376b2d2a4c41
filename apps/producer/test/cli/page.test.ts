import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { runCommand } from '../support/test-terminal.ts';

/** The commands of the program, or those below one of them. */
async function commandsOf(...above: string[]): Promise<string[]> {
  const { stdout } = await runCommand([...above, '--help'], { environment: {} });
  const lines = stdout.matchAll(/^ {2}([a-z]+)(?:\|\w+)?(?: [[<]\S+)* {2,}\S/gm);
  return [...lines].map(([, name = '']) => name).filter((name) => name !== 'help');
}

test('the page of the command line has every command', async () => {
  const page = await readFile(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
  const groups = new Map<string, string[]>();
  for (const group of ['keys', 'users']) groups.set(group, await commandsOf(group));
  expect([...groups.values()]).toEqual([['new'], ['new']]);
  const names = (await commandsOf()).flatMap((name) => groups.get(name)?.map((below) => `${name} ${below}`) ?? name);
  expect(names).toEqual(expect.arrayContaining(['delete', 'list', 'keys new', 'users new', 'completion']));
  // The row of a command has it in its first cell, alone or beside others.
  const cells = page.split('\n').flatMap((line) => /^\| (`.*?) \| [^`]/.exec(line)?.[1] ?? []);
  const absent = names.filter((name) => !cells.some((cell) => new RegExp(`\`${name}[ \`]`).test(cell)));
  expect(absent).toEqual([]);
});
