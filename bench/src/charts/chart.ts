import { z } from 'zod';

const limitSchema = z.object({ label: z.string(), value: z.number() });

const barChartSchema = z.object({
  form: z.literal('bars'),
  /** Of its files. */
  name: z.string().regex(/^[a-z-]+$/),
  /** Says what one sees. */
  title: z.string(),
  /** What the bars measure, with its unit. */
  axis: z.string(),
  most: z.number(),
  /** From the top; `note` stands behind the bar. */
  bars: z.array(z.object({ label: z.string(), value: z.number(), note: z.string(), isOurs: z.boolean() })),
  /** A line across all bars. */
  limit: limitSchema,
});
export type BarChart = z.infer<typeof barChartSchema>;

const lineChartSchema = z.object({
  form: z.literal('lines'),
  name: z.string().regex(/^[a-z-]+$/),
  title: z.string(),
  xAxis: z.string(),
  yAxis: z.string(),
  most: z.number(),
  lines: z.array(z.object({ label: z.string(), points: z.array(z.tuple([z.number(), z.number()])) })),
  limit: limitSchema,
});
export type LineChart = z.infer<typeof lineChartSchema>;

/** What a benchmark gives to be drawn for the README. */
export const chartSchema = z.discriminatedUnion('form', [barChartSchema, lineChartSchema]);
export type Chart = z.infer<typeof chartSchema>;
