import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { type Bytes, fileBytes, openBytes } from './bytes.ts';
import { csvEntries } from './csv.ts';
import { looksLikeJson, ndjsonEntries } from './ndjson.ts';
import { looksPlain, plainEntries } from './plain-lines.ts';
import type { Entry, Source } from './source.ts';

export interface GivenIds {
  ids: readonly string[];
  files: readonly string[];
  column?: string | undefined;
}

/** Where the session ids of a command come from: its arguments, or files. `stdin` is read for the file `-`. */
export function idSources({ ids, files, column }: GivenIds, stdin: Bytes | undefined): Source[] {
  if (files.length === 0) {
    if (ids.length > 0 && column === undefined) return ids.map(idArgument);
    const hint =
      column === undefined ? 'Give session ids, or a file of them with --file.' : '--column goes with --file.';
    throw new CommandFailure(exitCodes.usage, hint);
  }
  if (ids.length > 0) throw new CommandFailure(exitCodes.usage, 'Give either session ids or --file, not both.');
  return files.map((path) => idList(path === '-' && stdin !== undefined ? stdin : fileBytes(path), column));
}

function idArgument(id: string, index: number): Source {
  return {
    name: `argument ${index + 1}`,
    entries: async function* () {
      yield [{ text: id.trim() }];
    },
  };
}

/** A list of ids: NDJSON by its name or its first character, else CSV, which one id a line is too. Either may be gzip. */
function idList(bytes: Bytes, column: string | undefined): Source {
  const { name } = bytes;
  return {
    name,
    entries: async function* (): AsyncGenerator<readonly Entry[]> {
      const opened = await openBytes(bytes);
      const isJson = /\.(ndjson|jsonl)(\.gz)?$/i.test(name) || looksLikeJson('deletion', opened.head);
      if (isJson) yield* ndjsonEntries('deletion', opened);
      else if (column === undefined && looksPlain(opened.head)) yield* plainEntries(name, opened);
      else yield* csvEntries(name, opened, column);
    },
  };
}
