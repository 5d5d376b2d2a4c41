import { ruleNameSchema } from '@session-queue/core';
import type { Request } from 'express';
import { parseOrThrow } from '../problems/field-faults.ts';

/** The name of a rule in the path. */
export function ruleNameOf(request: Request): string {
  return parseOrThrow(ruleNameSchema, request.params.name, 'name');
}
