import { costPerId } from './cost-per-id.ts';
import { asMarkdown } from './markdown.ts';
import type { StoredResult } from './results-file.ts';

/** The tables of the README, as Markdown: of these results as far as they hold them. */
export function readmeTables(results: readonly StoredResult[]): { title: string; text: string }[] {
  const [quotaUsed] = results.find(({ benchmark }) => benchmark === 'quota-used')?.tables ?? [];
  const cost = results.some(({ benchmark }) => benchmark === 'taking-in') ? [costPerId(results)] : [];
  return [...(quotaUsed === undefined ? [] : [quotaUsed]), ...cost].map((table) => {
    return { title: table.title, text: asMarkdown(table) };
  });
}
