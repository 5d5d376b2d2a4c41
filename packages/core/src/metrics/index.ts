/** Metrics of an app, for Prometheus. */
export { Counter, Gauge, Histogram, Registry } from 'prom-client';
export { answerMetrics, type MetricsText } from './answer-metrics.ts';
export { ConsumerLabel } from './consumer-label.ts';
export { MetricsServer } from './metrics-server.ts';
export { createRegistry } from './registry.ts';
