import type { z } from 'zod';
import type { problemSchema } from '../../requests/answer-schemas.ts';
import { printable } from '../terminal.ts';

/** A problem document as lines of text. */
export function describeProblem(problem: z.infer<typeof problemSchema>): string {
  const lines = [problem.detail === undefined ? `${problem.title}.` : `${problem.title}: ${problem.detail}`];
  for (const { field, reason } of problem.errors ?? []) lines.push(`  ${field}: ${reason}`);
  if (problem.requestId !== undefined) lines.push(`  request: ${problem.requestId}`);
  return lines.map(printable).join('\n');
}
