import { expect } from '@jest/globals';
import { z } from 'zod';
import { problemSchema } from '../../src/requests/answer-schemas.ts';

export type ProblemDocument = z.infer<typeof problemSchema>;

/** Reads an answer as the problem document it must be, with no field that RFC 9457 and the API do not name. */
export async function problemIn(response: Response): Promise<ProblemDocument> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const document = z.strictObject(problemSchema.shape).parse(await response.json());
  expect(document.status).toBe(response.status);
  return document;
}
