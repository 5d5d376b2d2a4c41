import { z } from 'zod';

export const ways = ['array', 'iterable', 'http', 'http-csv', 'http-ndjson', 'raw', 'job-per-id'] as const;
export type Way = (typeof ways)[number];

/** Whether a producer stands between this way and Redis. */
export const isHttp = (way: Way): boolean => way.startsWith('http');

/** Requests of one size, and how many of them. */
export interface LoadSize {
  size: number;
  requests: number;
}

const loads = z.string().transform((text, context): LoadSize[] =>
  text.split(',').map((load) => {
    const [requests = 0, size = 0] = load.split('x').map(Number);
    if (!(requests > 0 && size > 0)) context.addIssue({ code: 'custom', message: 'must be <requests>x<ids>,...' });
    return { requests, size };
  }),
);

/** What a client is told on its command line. */
export const clientSettingsSchema = z.object({
  redis: z.string(),
  way: z.enum(ways),
  /** Done one after the other. */
  loads,
  consumer: z.string(),
  /** Of the producer, for the way over HTTP. */
  producer: z.string().default(''),
});

/** What a client says of each load. Bytes and commands are those of Redis. */
export const clientReportSchema = z.object({
  seconds: z.number(),
  /** Processor time, of the client and of Redis. */
  cpuSeconds: z.number(),
  redisCpuSeconds: z.number(),
  /** Memory in use before the first request, and once all of them lie at rest. */
  bytesBefore: z.number(),
  bytesAfter: z.number(),
  commands: z.array(z.object({ command: z.string(), calls: z.number(), microseconds: z.number() })),
  /** What held Redis, and the longest time of each, ms. */
  stalls: z.record(z.string(), z.number()),
  /** Peak memory of the client's process so far. */
  processPeak: z.number(),
});
export type ClientReport = z.infer<typeof clientReportSchema>;
