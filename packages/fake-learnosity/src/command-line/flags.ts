import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseJson } from '../parse-json.ts';
import { scriptSchema } from '../script/faults.ts';
import { endpointNames } from '../settings/endpoints.ts';
import { makeSessionsSchema } from '../settings/make-sessions.ts';
import { type FakeLearnosityOptions, goneAnswers, type Quota } from '../settings/options.ts';
import { sessionSeedSchema } from '../settings/session-seed.ts';

const matching = (form: RegExp, error: string) => z.string().regex(form, { error });

/** `20-320`, or one number for both ends. */
const range = matching(/^\d+(\.\d+)?(-\d+(\.\d+)?)?$/, 'must be a number or min-max')
  .transform((text) => {
    const [min = '', max = min] = text.split('-');
    return { min: Number(min), max: Number(max) };
  })
  .refine(({ min, max }) => min <= max, { error: 'min must not be over max' });

/** `key:secret:domain[,domain...]` */
const consumer = matching(/^[^:]+:[^:]+:[^:]+$/, 'must be key:secret:domain or key:secret:domain,domain').transform(
  (text) => {
    const [key = '', secret = '', domains = ''] = text.split(':');
    return { key, secret, domains: domains.split(',') };
  },
);

const calls = endpointNames.join('|');
/** `deletion=5/5000` or `deletion=off` */
const quota = matching(
  new RegExp(`^(${calls})=(off|[1-9]\\d*/[1-9]\\d*)$`),
  `must be <call>=<calls>/<ms> or <call>=off, where <call> is ${calls}`,
).transform((text): [string, Quota | null] => {
  const [name = '', value = ''] = text.split('=');
  const [most, windowMs] = value.split('/');
  return [name, value === 'off' ? null : { calls: Number(most), windowMs: Number(windowMs) }];
});

const file = z.string().transform((path, context) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    context.addIssue({ code: 'custom', message: `cannot be read: ${error instanceof Error ? error.message : path}` });
    return z.NEVER;
  }
});

/** One id a line; empty lines are left out. */
const idsFile = file.transform((text) => text.split(/\r?\n/).filter((line) => line !== ''));

/** One session a line: its id, or a JSON object with what is known of it. */
const sessionsFile = idsFile.transform((lines, context) =>
  lines.map((line, place) => {
    if (!line.startsWith('{')) return line;
    const { data, error } = sessionSeedSchema.safeParse(parseJson(line));
    if (data !== undefined) return data;
    context.addIssue({ code: 'custom', message: `line ${place + 1} is no session: ${z.prettifyError(error)}` });
    return z.NEVER;
  }),
);

const scriptFile = file
  .transform((text, context): unknown => {
    try {
      return [JSON.parse(text)].flat();
    } catch (error) {
      context.addIssue({ code: 'custom', message: `is not JSON: ${String(error)}` });
      return z.NEVER;
    }
  })
  .pipe(z.array(scriptSchema));

const list = z.string().transform((text) => text.split(','));

/** What commander hands over: texts, lists of texts where an option may be repeated. */
const flagsSchema = z
  .strictObject({
    port: z.coerce.number({ error: 'must be 0 to 65535' }).int().min(0).max(65_535),
    consumer: z.array(consumer).optional(),
    lts: list.optional(),
    removedLts: list.optional(),
    quota: z.array(quota).optional(),
    latency: range.optional(),
    jobSeconds: range.optional(),
    haltRate: z.coerce.number({ error: 'must be 0 to 1' }).min(0).max(1).optional(),
    sessionsFile: sessionsFile.optional(),
    makeSessions: z.coerce.number({ error: 'must be a whole number' }).pipe(makeSessionsSchema.shape.count).optional(),
    withoutMetadata: z.coerce.number({ error: 'must be 0 to 1' }).min(0).max(1).optional(),
    goneFile: idsFile.optional(),
    gone: z.enum(goneAnswers).optional(),
    script: scriptFile.optional(),
    seed: z.string().min(1).optional(),
    lean: z.boolean().optional(),
  })
  .refine((flags) => flags.withoutMetadata === undefined || flags.makeSessions !== undefined, {
    path: ['withoutMetadata'],
    error: 'goes with --make-sessions',
  });

/** Reads the options of the command line. Throws an Error that names every wrong one and the reason. */
export function optionsFrom(flags: unknown): FakeLearnosityOptions {
  const parsed = flagsSchema.safeParse(flags);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${flagName(path[0])}: ${message}`);
    throw new Error(problems.join('\n'));
  }
  const given = parsed.data;
  return {
    port: given.port,
    consumers: given.consumer,
    versions: given.lts,
    removedVersions: given.removedLts,
    quotas: given.quota && Object.fromEntries(given.quota),
    latencyMs: given.latency,
    jobMs: given.jobSeconds && { min: given.jobSeconds.min * 1000, max: given.jobSeconds.max * 1000 },
    haltRate: given.haltRate,
    sessions: given.sessionsFile,
    makeSessions:
      given.makeSessions === undefined
        ? undefined
        : { count: given.makeSessions, withoutMetadata: given.withoutMetadata },
    gone: given.goneFile,
    goneAnswer: given.gone,
    script: given.script,
    seed: given.seed,
    lean: given.lean,
  };
}

function flagName(name: PropertyKey | undefined): string {
  return `--${String(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
