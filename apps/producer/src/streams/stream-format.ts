import type { Kind } from '@session-queue/core';
import { Problem } from '../problems/problem.ts';

/** What a body with items may be beside JSON: read as it comes, and stored meanwhile. */
export const streamFormats = ['csv', 'ndjson', 'multipart'] as const;
export type StreamFormat = (typeof streamFormats)[number];

export const mediaTypes: Readonly<Record<StreamFormat, string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  multipart: 'multipart/form-data',
};

const formatsOf: Readonly<Record<Kind, readonly StreamFormat[]>> = {
  deletion: ['csv', 'ndjson'],
  resubmission: ['ndjson', 'multipart'],
};

/** The content types that a kind of request may come in, apart from JSON. */
export function streamTypesOf(kind: Kind): string[] {
  return formatsOf[kind].map((format) => mediaTypes[format]);
}

const charsetParameter = /;\s*charset\s*=\s*"?([^\s;"]*)/i;

/** The format of a body that is to be read as a stream; `undefined` of any other. Throws a 415 where its text is not in UTF-8. */
export function streamFormatOf(kind: Kind, contentType = ''): StreamFormat | undefined {
  const [type = ''] = contentType.split(';', 1);
  const format = formatsOf[kind].find((one) => mediaTypes[one] === type.trim().toLowerCase());
  const charset = charsetParameter.exec(contentType)?.[1] ?? 'utf-8';
  if (format !== undefined && charset.toLowerCase() !== 'utf-8') {
    throw new Problem('unsupported-media-type', 'Send the body in UTF-8.');
  }
  return format;
}
