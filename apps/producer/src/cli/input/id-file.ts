import { BadLines } from '../../streams/bad-lines.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { counted } from '../wording.ts';
import { idSources } from './id-sources.ts';
import { placeOf } from './source.ts';
import { withStdin } from './spool.ts';

/** The session ids of a file, each once, in their order. `tooMany` is the failure where there are over `most`. */
export async function readIdFile(
  terminal: Terminal,
  path: string,
  { most, tooMany }: { most: number; tooMany: () => CommandFailure },
): Promise<string[]> {
  const ids = new Set<string>();
  await withStdin(terminal, [path], async (stdin) => {
    for (const source of idSources({ ids: [], files: [path] }, stdin)) {
      const bad = new BadLines('line');
      for await (const some of source.items(bad)) {
        for (const id of some) ids.add(id);
        if (ids.size > most) throw tooMany();
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
