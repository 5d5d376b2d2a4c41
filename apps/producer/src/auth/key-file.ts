import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { clashes, type KeyList, type KnownKey, parseKeyList } from './known-key.ts';

/** A file of keys as it was at the start. */
export interface KeyFileContent {
  path: string;
  text: string;
  keys: readonly KnownKey[];
}

export interface KeyFileOptions {
  file: KeyFileContent;
  /** Keys from elsewhere, whose names and tokens the file's must not have. */
  others: readonly KnownKey[];
  log: Logger;
  /** How often the file is looked at, in ms (2,000). */
  intervalMs?: number;
}

/**
 * The keys of a file, which is read again and again: a key can be added or taken back without a restart. A file that cannot be
 * used leaves the keys as they were, and says so once. A text counts when two looks in a row find it: one alone may come amid a write.
 *
 * It is its text that is compared, and not its time: a Secret of Kubernetes is swapped as a link, and two writes may share a time.
 */
export class KeyFile {
  private readonly options: KeyFileOptions;
  private current: readonly KnownKey[];
  private text: string | undefined;
  private seen: string | undefined;
  private looking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: KeyFileOptions) {
    this.options = options;
    this.current = options.file.keys;
    this.text = options.file.text;
    this.seen = options.file.text;
  }

  get keys(): readonly KnownKey[] {
    return this.current;
  }

  start(): void {
    this.timer ??= setInterval(() => void this.look(), this.options.intervalMs ?? 2_000);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Looks once, as it does by itself after the start. */
  look(): Promise<void> {
    // Never two at once: the slower one would bring back what was.
    this.looking ??= this.readOnce().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async readOnce(): Promise<void> {
    const { file, others, log } = this.options;
    const text = await readFile(file.path, 'utf8').catch(() => undefined);
    const isSettled = text === this.seen;
    this.seen = text;
    if (!isSettled || text === this.text) return;
    this.text = text;
    const { keys, faults } = readText(text);
    const all = [...faults, ...(faults.length === 0 ? clashes([...others, ...keys]) : [])];
    if (all.length > 0) {
      log.error({ faults: all }, 'the changed file of API keys cannot be used: those from before stay');
      return;
    }
    this.current = keys;
    log.info({ count: keys.length }, 'the file of API keys was read anew');
  }
}

function readText(text: string | undefined): KeyList {
  return text === undefined ? { keys: [], faults: ['cannot be read'] } : parseKeyList(text);
}
