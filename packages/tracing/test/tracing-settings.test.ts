import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { tracingSettings } from '../src/index.ts';
import { tracesUrl } from '../src/tracing-settings.ts';

const schema = z.object(tracingSettings);

describe('where traces go', () => {
  test.each([
    [{}, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp//' }, 'https://c/otlp/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/in' }, 'http://t/in'],
  ])('of %o is %s', (settings, url) => expect(tracesUrl(schema.parse(settings))).toBe(url));

  test.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'grpc://c:4317'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '10%'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
  ])('is not guessed from %s=%s', (name, value) => {
    expect(schema.safeParse({ [name]: value }).error?.issues.map(({ path }) => path)).toEqual([[name]]);
  });
});
