import type { Request } from 'express';
import { z } from 'zod';
import { parseOrThrow } from '../problems/field-faults.ts';

const idSchema = z.string().min(1, 'must not be empty').max(255, 'must be at most 255 characters');

/** The id of a request in the path. */
export function idOf(request: Request): string {
  return parseOrThrow(idSchema, request.params.id, 'id');
}
