import { z } from 'zod';

/** How many entries of a list to show at once: a number in a query. */
export function pageLimit(most: number, usual: number) {
  const fault = `must be a number from 1 to ${most}`;
  return z
    .string('must be given once')
    .refine((text) => /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= most, fault)
    .transform(Number)
    .optional()
    .meta({ type: 'integer', minimum: 1, maximum: most, description: `At most so many a page; ${usual} when absent` });
}
