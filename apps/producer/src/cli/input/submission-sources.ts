import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { maxSubmissionBytes } from '@session-queue/core';
import type { BadLines } from '../../streams/bad-lines.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { type Bytes, fileBytes, named, type OpenBytes, openBytes } from './bytes.ts';
import { looksLikeJson, ndjsonList } from './lists.ts';
import { oneItem } from './one-item.ts';
import { type Source, wholeSource } from './source.ts';

/** A submission, and the white space that may be around it. */
const maxFileBytes = maxSubmissionBytes + 64 * 1024;

/** Where failed submissions come from: files, and all files of folders. `stdin` is read for the path `-`. */
export async function submissionSources(paths: readonly string[], stdin: Bytes | undefined): Promise<Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    if (path === '-' && stdin !== undefined) sources.push(submissions(stdin));
    else for (const file of await filesAt(path)) sources.push(submissions(fileBytes(file)));
  }
  return sources;
}

/** The file itself, or those of a folder by name; hidden ones and those in folders below are left out. */
async function filesAt(path: string): Promise<string[]> {
  const isFolder = await named(path, async () => (await stat(path)).isDirectory());
  if (!isFolder) return [path];
  const entries = await named(path, async () => await readdir(path, { withFileTypes: true }));
  const names = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  if (names.length === 0) throw new CommandFailure(exitCodes.usage, `${path} holds no files.`);
  return names.toSorted().map((name) => join(path, name));
}

/** A file of one submission (base64, with any white space around it), or NDJSON of many. Either may be gzip. */
function submissions(bytes: Bytes): Source {
  return {
    name: bytes.name,
    items: async function* (bad): AsyncGenerator<readonly string[]> {
      const opened = await openBytes(bytes);
      if (looksLikeJson('resubmission', opened.head)) yield* ndjsonList('resubmission', bytes, opened, bad);
      else yield await named(bytes.name, async () => await wholeFile(opened, bad));
    },
  };
}

async function wholeFile({ stream }: OpenBytes, bad: BadLines): Promise<string[]> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const part: Buffer = chunk;
    bytes += part.length;
    if (bytes > maxFileBytes) {
      bad.add(wholeSource, 'must be at most 2 MB (2,097,152 bytes) as sent');
      return [];
    }
    parts.push(part);
  }
  const text = Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trim();
  return oneItem('resubmission', text, bad);
}
