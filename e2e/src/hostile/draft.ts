import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

/** How far a request has gone from what a client could send by mistake: in its words, its address, or its framing. */
export type Oddness = 'words' | 'address' | 'framing';

/** A request on its way to become bytes: changes are made to it, one after the other. */
export interface Draft {
  method: string;
  /** As it is written, percent-encoded or not. */
  path: string;
  query: string[];
  headers: [name: string, value: string][];
  /** Names and values, each as JSON text; `undefined` when there is no body. */
  fields: [name: string, value: string][] | undefined;
  /** Stands instead of the fields. */
  text: string | undefined;
  encoding: 'gzip' | 'deflate' | 'br' | undefined;
  /** Changes the encoded bytes. */
  spoil: ((bytes: Buffer) => Buffer) | undefined;
  /** Says how long the body is. */
  framing: (bytes: Buffer) => { headers: [string, string][]; body: Buffer };
  oddness: Oddness;
  /** What was changed, in words. */
  changes: string[];
}

/** Writes a draft down as the bytes that go over the wire, with the places in it filled. */
export function writeDraft(draft: Draft, fill: (text: string) => string): Buffer {
  const { method, path, query, headers } = draft;
  const text = bodyText(draft);
  const body = text === undefined ? undefined : encoded(draft, Buffer.from(fill(text)));
  const framed = body === undefined ? { headers: [], body: Buffer.alloc(0) } : draft.framing(body);
  const target = query.length === 0 ? path : `${path}?${query.join('&')}`;
  const lines = [...headers, ...framed.headers].map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${target} HTTP/1.1`, ...lines, 'Connection: close', '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(fill(head)), framed.body]);
}

/** The JSON of a draft, before it is encoded. */
export function bodyText({ fields, text }: Draft): string | undefined {
  if (text !== undefined || fields === undefined) return text;
  return `{${fields.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
}

function encoded({ encoding, spoil = (bytes) => bytes }: Draft, bytes: Buffer): Buffer {
  if (encoding === 'gzip') return spoil(gzipSync(bytes));
  if (encoding === 'deflate') return spoil(deflateSync(bytes));
  return spoil(encoding === 'br' ? brotliCompressSync(bytes) : bytes);
}

/** The length in a header. */
export const byLength: Draft['framing'] = (body) => ({ headers: [['Content-Length', String(body.length)]], body });

/** In chunks of at most so many bytes. */
export function inChunks(most: number): Draft['framing'] {
  return (body) => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < body.length; at += most) {
      const piece = body.subarray(at, at + most);
      pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
    }
    return { headers: [['Transfer-Encoding', 'chunked']], body: Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]) };
  };
}
