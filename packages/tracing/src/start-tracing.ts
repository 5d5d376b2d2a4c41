import type { Logger } from 'pino';
import type { Tracing } from './tracing.ts';
import { type TracingSettings, tracesUrl } from './tracing-settings.ts';

export interface StartTracingOptions {
  app: 'producer' | 'worker';
  settings: TracingSettings;
  logger: Logger;
}

/** Traces where an endpoint is set, once in a process. Without one nothing of OpenTelemetry is loaded. */
export async function startTracing({ app, settings, logger }: StartTracingOptions): Promise<Tracing | undefined> {
  const url = tracesUrl(settings);
  if (url === undefined) return undefined;
  const { OpenTelemetry } = await import('./open-telemetry.ts');
  return new OpenTelemetry({ app, url, logger });
}
