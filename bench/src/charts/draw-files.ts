import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredResult } from '../report/results-file.ts';
import { draw } from './draw.ts';
import { themes } from './theme.ts';

/** Draws the charts of these results into a folder, each for a light and for a dark page; answers with the files. */
export async function drawFiles(results: readonly StoredResult[], folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const chart of results.flatMap(({ charts }) => charts)) {
    for (const [page, theme] of Object.entries(themes)) {
      const file = join(folder, `${chart.name}-${page}.svg`);
      await writeFile(file, draw(chart, theme));
      files.push(file);
    }
  }
  return files;
}
