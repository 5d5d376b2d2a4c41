import type { Evidence } from './evidence.ts';

/** Whether Redis has lost, by the scenario's fault, what it had answered at this moment. */
export function isForgotten({ forgotten }: Pick<Evidence, 'forgotten'>, at: number): boolean {
  return forgotten.some(({ from, to }) => at >= from && at <= to);
}
