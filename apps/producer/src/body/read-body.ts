import type { IncomingMessage } from 'node:http';
import { finished as onFinished, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { freeMemory } from '../memory/free-memory.ts';
import { Problem } from '../problems/problem.ts';

/** In larger pieces than zlib's own 16 kB: each takes a turn of the event loop, beside all that others send. */
const pieces = { chunkSize: 256 * 1024 };
const decoders = new Map([
  ['gzip', () => createGunzip(pieces)],
  ['deflate', () => createInflate(pieces)],
  ['br', () => createBrotliDecompress(pieces)],
]);

/**
 * Hands a request's body to `take` piece by piece, decoded as its Content-Encoding says; the memory of a piece is gone once
 * `take` returns. Ends when all of the request has been read. Throws a `Problem` for a body that has more than `maxBytes` when
 * decoded, is cut off or cannot be decoded, and whatever `take` throws.
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  take: (piece: Buffer) => void,
): Promise<void> {
  const content = decoded(request);
  let bytes = 0;
  let problem: unknown;
  content.on('data', (piece: Buffer) => {
    // What is left of a bad request is read all the same: the client would not hear an answer while it sends.
    if (problem !== undefined) return;
    bytes += piece.length;
    try {
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      take(piece);
    } catch (error) {
      problem = error;
      // A small body may go on for gigabytes when decoded.
      if (content !== request) content.destroy();
    }
    if (content === request) freeMemory(piece);
  });
  await finished(content).catch((cause: unknown) => {
    problem ??= new Problem('invalid-request', 'The body cannot be read.', { cause });
  });
  if (problem === undefined) return;
  await readOff(request);
  throw problem;
}

/** What a body over the limit is answered with. */
export function tooLarge(maxBytes: number): Problem {
  return new Problem('too-large', `A body may have at most ${maxBytes} bytes; send the items in several requests.`);
}

/** A request's body, decoded as its Content-Encoding says. */
export function decoded(request: IncomingMessage): Readable {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return request;
  const decoder = decoders.get(encoding)?.();
  if (decoder === undefined) throw new Problem('unsupported-media-type', 'This Content-Encoding is not known.');
  onFinished(request, (error) => {
    if (error) decoder.destroy(error);
  });
  return request.pipe(decoder);
}

async function readOff(request: IncomingMessage): Promise<void> {
  request.unpipe();
  request.resume();
  await finished(request).catch(() => undefined);
}
