import { BadLines } from '../../streams/bad-lines.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { counted } from '../wording.ts';
import { type GivenIds, idSources } from './id-sources.ts';
import { placeOf } from './source.ts';
import { withStdin } from './spool.ts';

/** Distinct session ids of a command's arguments or files, which are few enough to be held. One bad line refuses all of them. */
export async function readIds(
  terminal: Terminal,
  given: GivenIds,
  limit: { most: number; tooMany: () => CommandFailure },
): Promise<string[]> {
  const ids = new Set<string>();
  await withStdin(terminal, given.files, async (stdin) => {
    for (const source of idSources(given, stdin)) {
      const bad = new BadLines('line');
      for await (const some of source.items(bad)) {
        for (const id of some) ids.add(id);
        if (ids.size > limit.most) throw limit.tooMany();
      }
      const [first] = bad.named;
      if (first !== undefined) {
        const where = `${placeOf(source, first)}: ${first.reason}`;
        throw new CommandFailure(exitCodes.usage, `${where}\nNothing was asked: ${counted(bad.count, 'bad line')}.`);
      }
    }
  });
  return [...ids];
}
