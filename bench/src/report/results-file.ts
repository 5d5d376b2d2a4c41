import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { chartSchema } from '../charts/chart.ts';

const cellSchema = z.union([z.string(), z.number()]);

const resultSchema = z.object({
  benchmark: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  tables: z.array(z.object({ title: z.string(), head: z.array(z.string()), rows: z.array(z.array(cellSchema)) })),
  charts: z.array(chartSchema).default([]),
  figures: z.array(
    z.object({
      name: z.string(),
      unit: z.string(),
      /** Null where there was nothing to measure: JSON knows no NaN. */
      value: z.number().nullable(),
      isRatio: z.boolean(),
      better: z.enum(['higher', 'lower']),
    }),
  ),
});

const resultsFileSchema = z.object({ results: z.array(resultSchema) });
/** What is read of the results of a run, from its file. */
export type ResultsFile = z.infer<typeof resultsFileSchema>;
export type StoredResult = ResultsFile['results'][number];

export async function readResults(file: string): Promise<ResultsFile> {
  return resultsFileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}
