import { z } from 'zod';

const endpoint = () => z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional();

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Where traces go, and which; nothing is traced without an endpoint. OpenTelemetry reads its other standard variables itself. */
export const tracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(),
  /** In place of the other, with its path. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint(),
  /** Read by OpenTelemetry itself, which takes everything where it does not understand. */
  OTEL_TRACES_SAMPLER: z.enum(samplers).optional(),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .refine((text) => Number(text) >= 0 && Number(text) <= 1, 'must be a number from 0 to 1')
    .optional(),
};

export type TracingSettings = z.infer<z.ZodObject<typeof tracingSettings>>;

/** The address that spans are posted to; `undefined` when nothing is traced. */
export function tracesUrl(
  settings: Pick<TracingSettings, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'>,
): string | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = settings;
  return own ?? (base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/traces`);
}
