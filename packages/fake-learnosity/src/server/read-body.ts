import type { IncomingMessage } from 'node:http';

/** A body read to its end, `too-large` when it has more than `most` bytes, `broken` when it never ended. */
export type ReadBody = Buffer | 'too-large' | 'broken';

/** Reads to the end also what is too large, so that the caller can be answered on the same connection. */
export function readBody(request: IncomingMessage, most: number): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => resolve(size > most ? 'too-large' : Buffer.concat(chunks)));
    request.on('error', () => resolve('broken'));
    request.on('close', () => resolve('broken'));
  });
}
