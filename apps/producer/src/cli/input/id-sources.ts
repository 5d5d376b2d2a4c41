import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { type Bytes, fileBytes, openBytes } from './bytes.ts';
import { csvList, looksLikeJson, ndjsonList } from './lists.ts';
import { oneItem } from './one-item.ts';
import type { Source } from './source.ts';

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
      column === undefined
        ? 'Give session ids, a file of them with --file, or --selection.'
        : '--column goes with --file.';
    throw new CommandFailure(exitCodes.usage, hint);
  }
  if (ids.length > 0) throw new CommandFailure(exitCodes.usage, 'Give either session ids or --file, not both.');
  return files.map((path) => idList(path === '-' && stdin !== undefined ? stdin : fileBytes(path), column));
}

function idArgument(id: string, index: number): Source {
  return {
    name: `argument ${index + 1}`,
    items: async function* (bad) {
      yield oneItem('deletion', id.trim(), bad);
    },
  };
}

/** A list of ids: NDJSON by its name or its first character, else CSV, which one id a line is too. Either may be gzip. */
function idList(bytes: Bytes, column: string | undefined): Source {
  const { name } = bytes;
  return {
    name,
    items: async function* (bad): AsyncGenerator<readonly string[]> {
      const opened = await openBytes(bytes);
      const isJson = /\.(ndjson|jsonl)(\.gz)?$/i.test(name) || looksLikeJson('deletion', opened.head);
      if (isJson) yield* ndjsonList('deletion', bytes, opened, bad);
      else yield* csvList(bytes, opened, bad, column);
    },
  };
}
