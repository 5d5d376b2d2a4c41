import { expect, test } from '@jest/globals';
import { markdownTable } from '../src/report/markdown.ts';
import { isFailure } from '../src/report/table.ts';
import { runHere } from '../src/run.ts';

test('a scenario that this machine cannot run stands in the table with the reason, and fails nothing', async () => {
  const row = await runHere(
    {
      name: 'no-disk',
      about: 'needs what is not here',
      prepare: async () => ({ notHere: 'no disk can be mounted' }),
      run: async () => {
        throw new Error('it was run all the same');
      },
    },
    { seed: 'a', size: { long: false, minutes: 1 }, say: () => undefined },
  );
  expect(isFailure(row)).toBe(false);
  expect(markdownTable([row])).toContain('| no-disk | not here: no disk can be mounted |');
});
