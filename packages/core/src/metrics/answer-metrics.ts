import type { ServerResponse } from 'node:http';
import { Registry } from 'prom-client';

/** Says what is to be told now, in Prometheus's text format. */
export type MetricsText = () => Promise<string>;

/** Answers with metrics. */
export async function answerMetrics(text: MetricsText, response: ServerResponse): Promise<void> {
  const told = await text();
  response.writeHead(200, { 'Content-Type': Registry.PROMETHEUS_CONTENT_TYPE, 'Cache-Control': 'no-store' });
  response.end(told);
}
