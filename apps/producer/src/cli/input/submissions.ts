import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { itemFault } from '@session-queue/core';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { readBytes, reasonOf } from './read-bytes.ts';

/** The files of a folder, by name; hidden ones and those in folders below are left out. */
export async function filesIn(folder: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new CommandFailure(exitCodes.usage, `${folder} cannot be read${reasonOf(cause)}.`, { cause });
  }
  const names = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
  if (names.length === 0) throw new CommandFailure(exitCodes.usage, `${folder} holds no files.`);
  return names.toSorted().map((name) => join(folder, name));
}

/** Failed submissions, one a file: base64, with any white space around it. */
export async function readSubmissions(paths: readonly string[], terminal: Terminal): Promise<string[]> {
  const submissions: string[] = [];
  for (const path of paths) {
    const submission = (await readBytes(path, terminal))
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .trim();
    const fault = itemFault('resubmission', submission);
    if (fault !== undefined) {
      throw new CommandFailure(exitCodes.usage, `${path}: the submission ${fault}. Nothing was sent.`);
    }
    submissions.push(submission);
  }
  return submissions;
}
