import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { isNativeError } from 'node:util/types';
import { createGunzip } from 'node:zlib';
import { CommandFailure, exitCodes } from '../exit-codes.ts';

/** Bytes that can be read from the start, as often as wanted. */
export interface Bytes {
  name: string;
  open: () => Readable;
}

/** An open stream, with what comes first in it, for a look. */
export interface OpenBytes {
  stream: Readable;
  head: Buffer;
}

export function fileBytes(path: string): Bytes {
  return { name: path, open: () => createReadStream(path) };
}

/** Opens bytes; what is gzip by its first two bytes is unpacked. */
export async function openBytes({ name, open }: Bytes): Promise<OpenBytes> {
  const stream = open();
  const head = await named(name, () => peek(stream));
  if (head[0] !== 0x1f || head[1] !== 0x8b) return { stream, head };
  // Errors of either come out of the stream that is read.
  const unpacked = pipeline(stream, createGunzip(), () => undefined);
  return { stream: unpacked, head: await named(name, () => peek(unpacked)) };
}

/** Does something with bytes; what is wrong with the file itself is said with its name. */
export async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw fileFailure(name, cause);
  }
}

/** A failure of the file system or of unpacking, for people; any other error as it is. `outcome` is what it means for the command. */
export function fileFailure(name: string, cause: unknown, outcome = ' Nothing was sent.'): unknown {
  if (!isNativeError(cause) || !('code' in cause)) return cause;
  const code = String(cause.code);
  if (code.startsWith('Z_'))
    return new CommandFailure(exitCodes.usage, `${name} is no whole gzip file (${code}).${outcome}`, { cause });
  if (!('syscall' in cause)) return cause;
  return new CommandFailure(exitCodes.usage, `${name} cannot be read (${code}).${outcome}`, { cause });
}

/** What a stream gives first, without taking it. */
async function peek(stream: Readable): Promise<Buffer> {
  if (stream.readableLength === 0 && !stream.readableEnded) await once(stream, 'readable');
  const chunk: unknown = stream.read();
  if (!Buffer.isBuffer(chunk)) return Buffer.alloc(0);
  stream.unshift(chunk);
  return chunk;
}
