import { readdir, stat } from 'node:fs/promises';
import { readSettings, SettingsError } from '@session-queue/core';
import { EvidenceError, fileLines, journalLines } from '@session-queue/core/evidence';
import { openS3Archives, readS3Url, type S3Settings, s3Settings } from '@session-queue/s3-archive';
import { z } from 'zod';
import type { CliEnvironment } from '../connection/environment.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { fileFailure } from './bytes.ts';

/** The lines of a journal: of a folder of it, of one of its files, or of what a store holds at s3://bucket/prefix/consumer. */
export async function* journalSource(path: string, environment: CliEnvironment): AsyncGenerator<string> {
  if (path.startsWith('s3:')) return yield* linesInStore(path, environment);
  try {
    const isFolder = (await stat(path)).isDirectory();
    let isEmpty = true;
    for await (const line of isFolder ? journalLines(path) : fileLines(path)) {
      isEmpty = false;
      yield line;
    }
    if (isFolder && isEmpty) await refuseFolderAbove(path);
  } catch (cause) {
    throw cause instanceof CommandFailure ? cause : fileFailure(path, cause, '');
  }
}

/** EVIDENCE_DIR itself holds a folder for each consumer, and no journal. */
async function refuseFolderAbove(path: string): Promise<void> {
  const folders = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name).sort();
  if (names.length === 0) return;
  const shown = names.slice(0, 10).join(', ') + (names.length > 10 ? ', …' : '');
  throw new CommandFailure(
    exitCodes.usage,
    `${path} holds no journal itself: give a consumer's folder in it: ${shown}.`,
  );
}

async function* linesInStore(url: string, environment: CliEnvironment): AsyncGenerator<string> {
  const place = readS3Url(url);
  if (place === undefined) {
    throw new CommandFailure(exitCodes.usage, `${url} is no place in a store: it is s3://bucket/prefix/consumer.`);
  }
  const store = await openS3Archives({ place, settings: settingsIn(environment) });
  try {
    yield* store.lines();
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new CommandFailure(exitCodes.unavailable, `The journal could not be read: ${cause.message}.`, { cause });
  } finally {
    store.stop();
  }
}

function settingsIn(environment: CliEnvironment): Omit<S3Settings, 'EVIDENCE_S3_URL'> {
  const { EVIDENCE_S3_URL: _writers, ...others } = s3Settings;
  try {
    return readSettings(z.object(others), { ...environment });
  } catch (cause) {
    if (!(cause instanceof SettingsError)) throw cause;
    throw new CommandFailure(exitCodes.usage, cause.message, { cause });
  }
}
