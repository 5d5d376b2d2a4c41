import type { z } from 'zod';
import type { problemSchema } from '../../requests/answer-schemas.ts';
import { printable } from '../terminal.ts';

/** A problem document as lines of text. */
export function describeProblem(problem: z.infer<typeof problemSchema>): string {
  const { title, detail = '' } = problem;
  const lines = [detail === '' ? `${title}.` : `${title}: ${detail}`];
  for (const { field, reason } of problem.errors ?? []) {
    const line = `${field}: ${reason}`;
    // A single fault is the detail already.
    if (!detail.startsWith(line)) lines.push(`  ${line}`);
  }
  if (problem.requestId !== undefined) lines.push(`  request: ${problem.requestId}`);
  return lines.map(printable).join('\n');
}
