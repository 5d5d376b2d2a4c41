import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ChainableCommander, Cluster, Redis } from 'ioredis';
import { usedParts } from './used-parts.ts';

/** A connection to one Redis or to a cluster. */
export type RedisConnection = Redis | Cluster;

export type ScriptArgument = string | number | Buffer;

/** Flags of Redis's script header, such as `allow-oom`: the script may write while Redis is out of memory. */
export type ScriptFlag = 'allow-oom' | 'no-writes' | 'allow-stale' | 'no-cluster';

export interface ScriptDefinition {
  /** The `.lua` file, or several that are joined in order: shared locals first, of which those stay that are used. */
  file: URL | readonly URL[];
  /** Puts `#!lua flags=...` before the source. Such a script must name all its keys in KEYS. */
  flags?: readonly ScriptFlag[];
}

/**
 * One atomic Redis operation. A name that ends in `-<n>.lua` promises n KEYS, and other numbers throw.
 * Calls made without awaiting each other share a round trip: they are written to one socket at once.
 */
export interface Script {
  readonly name: string;
  readonly sha1: string;
  readonly source: string;
  /** Runs it; strings come back decoded as UTF-8. */
  run(redis: RedisConnection, keys: readonly string[], args?: readonly ScriptArgument[]): Promise<unknown>;
  /** Runs it; strings come back as Buffers, for binary replies. */
  runBuffer(redis: RedisConnection, keys: readonly string[], args?: readonly ScriptArgument[]): Promise<unknown>;
  /** Adds it to a pipeline or transaction. */
  addTo(pipeline: ChainableCommander, keys: readonly string[], args?: readonly ScriptArgument[]): void;
}

/** Reads the script once, now: a missing file is found at start-up and not at the first call. */
export function defineScript(definition: ScriptDefinition): Script {
  const files = definition.file instanceof URL ? [definition.file] : definition.file;
  const name = scriptName(files);
  const keyCount = promisedKeyCount(name);
  const source = joinSources(files, definition.flags ?? []);
  const sha1 = createHash('sha1').update(source).digest('hex');
  const loadedBy = new WeakSet<ChainableCommander>();

  function tail(keys: readonly string[], args: readonly ScriptArgument[]): ScriptArgument[] {
    if (keyCount !== undefined && keys.length !== keyCount) {
      throw new RangeError(`${name} takes ${keyCount} keys, not ${keys.length}`);
    }
    return [keys.length, ...keys, ...args];
  }

  async function runWith(call: Call, keys: readonly string[], args: readonly ScriptArgument[]): Promise<unknown> {
    const rest = tail(keys, args);
    try {
      return await call('evalsha', [sha1, ...rest]);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return await call('eval', [source, ...rest]);
    }
  }

  return {
    name,
    sha1,
    source,
    run: (redis, keys, args = []) => runWith((command, rest) => redis.call(command, rest), keys, args),
    runBuffer: (redis, keys, args = []) => runWith((command, rest) => redis.callBuffer(command, rest), keys, args),
    addTo(pipeline, keys, args = []) {
      const rest = tail(keys, args);
      // A pipeline goes to one node in order, so its first EVAL loads the script for the EVALSHAs behind it. An EVALSHA
      // in front could fail in the middle of a pipeline, where nothing can step in.
      if (loadedBy.has(pipeline)) {
        pipeline.call('evalsha', [sha1, ...rest]);
        return;
      }
      loadedBy.add(pipeline);
      pipeline.call('eval', [source, ...rest]);
    },
  };
}

type Call = (command: string, args: ScriptArgument[]) => Promise<unknown>;

function joinSources(files: readonly URL[], flags: readonly ScriptFlag[]): string {
  const source = usedParts(files.map((file) => readFileSync(file, 'utf8').trimEnd()));
  const header = flags.length > 0 ? [`#!lua flags=${flags.join(',')}`] : [];
  return `${[...header, source].join('\n')}\n`;
}

function scriptName(files: readonly URL[]): string {
  const last = files.at(-1);
  if (last === undefined) throw new TypeError('a script needs at least one file');
  return decodeURIComponent(last.pathname.slice(last.pathname.lastIndexOf('/') + 1));
}

function promisedKeyCount(name: string): number | undefined {
  const digits = /-(\d+)\.lua$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
