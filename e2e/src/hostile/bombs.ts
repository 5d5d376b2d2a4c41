import { Readable } from 'node:stream';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { itemMarkers } from '../load/asks.ts';

/** A body that is meant to do harm, and what it is to be answered with. */
export interface Bomb {
  what: string;
  headers: Readonly<Record<string, string>>;
  body: () => Buffer | Readable;
  status: number;
}

const mb = 1024 * 1024;
const blank = Buffer.alloc(mb, ' ');

/** A body of so many MB, of the piece again and again; nothing holds all of it. */
function* pieces(piece: Buffer, megabytes: number): Generator<Buffer> {
  yield Buffer.from('{"sessionIds":[');
  for (let sent = 0; sent < megabytes * mb; sent += piece.length) yield piece;
}
const streamed = (piece: string, megabytes: number) => () => {
  const whole = Buffer.from(piece.repeat(Math.ceil(mb / piece.length)));
  return Readable.from(pieces(whole, megabytes));
};
const text = (json: string) => () => Buffer.from(json);

/** 100 MB in a few kB. */
const flat = Buffer.concat(Array.from({ length: 100 }, () => blank));
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
const gzipped = gzipSync(flat);

export const bombs: readonly Bomb[] = [
  {
    what: '100 MB announced',
    headers: { 'content-length': String(100 * mb) },
    body: streamed('"a",', 100),
    status: 413,
  },
  { what: '100 MB in chunks, of ids', headers: {}, body: streamed(`"${itemMarkers.id}-x",`, 100), status: 413 },
  { what: '100 MB in chunks, of lists', headers: {}, body: streamed('[],', 100), status: 413 },
  { what: '100 MB in chunks, of numbers', headers: {}, body: streamed('1,', 100), status: 413 },
  { what: '100 MB in chunks, one text', headers: {}, body: streamed('x', 100), status: 413 },
  { what: 'a gzip bomb', headers: { 'content-encoding': 'gzip' }, body: () => gzipped, status: 413 },
  { what: 'a deflate bomb', headers: { 'content-encoding': 'deflate' }, body: () => deflateSync(flat), status: 413 },
  {
    what: 'a br bomb',
    headers: { 'content-encoding': 'br' },
    body: () => brotliCompressSync(flat, quality),
    status: 413,
  },
  { what: 'a bomb in a bomb', headers: { 'content-encoding': 'gzip' }, body: () => gzipSync(gzipped), status: 400 },
  { what: 'a million lists deep', headers: {}, body: text('['.repeat(mb)), status: 400 },
  { what: '200,000 objects deep', headers: {}, body: text('{"a":'.repeat(200_000)), status: 400 },
  { what: 'a million empty lists', headers: {}, body: text(`{"sessionIds":[${'[],'.repeat(mb)}[]]}`), status: 400 },
  { what: 'a million fields', headers: {}, body: text(`{${wide(1_000_000)}}`), status: 400 },
  { what: 'a number of a million digits', headers: {}, body: text(`{"sessionIds":${'9'.repeat(mb)}}`), status: 400 },
  { what: 'a field name of 10 MB', headers: {}, body: text(`{"${'x'.repeat(10 * mb)}":1}`), status: 400 },
  { what: 'an item of 10 MB', headers: {}, body: text(`{"sessionIds":["${'x'.repeat(10 * mb)}"]}`), status: 400 },
];

function wide(fields: number): string {
  return Array.from({ length: fields }, (_, n) => `"f${n}":0`).join(',');
}
