import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { HttpSessionQueue, SessionQueueClient } from '../../src/client/index.ts';

test('the README has every verb that both ways have', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [http, redis] = [HttpSessionQueue, SessionQueueClient].map((way) => verbsOf(way.prototype));
  const verbs = http?.filter((verb) => redis?.includes(verb)) ?? [];
  expect(verbs).toEqual(expect.arrayContaining(['deleteSessions', 'findSession', 'waitUntilFinished']));
  expect(verbs.filter((verb) => !new RegExp(`\`${verb}[\`(]`).test(readme))).toEqual([]);
});

/** The methods of a class and of what it extends. */
function verbsOf(prototype: object): string[] {
  if (prototype === Object.prototype) return [];
  const above: unknown = Object.getPrototypeOf(prototype);
  const own = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
  return typeof above === 'object' && above !== null ? [...own, ...verbsOf(above)] : own;
}
