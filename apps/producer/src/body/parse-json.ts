import { isUtf8 } from 'node:buffer';
import { maxItemsPerRequest } from '@session-queue/core';
import { Problem } from '../problems/problem.ts';
import { describePosition, JsonFault } from './json-fault.ts';
import { checkJson, type JsonLimits } from './json-scan.ts';

const limits: JsonLimits = {
  maxDepth: 32,
  maxContainers: 100_000,
  // A request's items and its few other fields.
  maxValues: maxItemsPerRequest + 100,
  maxFields: 100,
};

const byteOrderMark = Buffer.from('\ufeff');

/** Parses a body; a fault is a 400 that says where (line, column, byte) and why, never what stands there. */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw malformed(body, new JsonFault(firstBadByte(body), 'not UTF-8'));
  const start = body.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? byteOrderMark.length : 0;
  try {
    checkJson(body, start, limits);
  } catch (error) {
    if (error instanceof JsonFault) throw malformed(body, error);
    throw error;
  }
  return JSON.parse(body.toString('utf8', start));
}

function malformed(body: Buffer, fault: JsonFault): Problem {
  const reason = `${describePosition(body, fault.offset)}: ${fault.message}`;
  return new Problem('malformed-json', `At ${reason}.`, {
    errors: [{ field: 'body', reason }],
  });
}

/** Decoding replaces what is not UTF-8, so the first difference after a round trip is the place. */
function firstBadByte(body: Buffer): number {
  const again = Buffer.from(body.toString('utf8'));
  let at = 0;
  while (body[at] === again[at]) at += 1;
  return at;
}
