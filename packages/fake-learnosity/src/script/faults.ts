import { z } from 'zod';
import { endpointNames } from '../settings/endpoints.ts';

const milliseconds = z.number().min(0).max(86_400_000);
const status = z.int().min(200).max(599);
/** Whether the call has its effect (sessions deleted, job made) although its answer is spoilt. */
const effect = z.boolean();

const when = {
  /** Which calls; a call must fit everything that is given. */
  match: z
    .strictObject({
      endpoint: z.union([z.enum(endpointNames), z.array(z.enum(endpointNames)).min(1)]).optional(),
      /** A consumer's key. */
      consumer: z.string().optional(),
      /** Only calls that carry one of these: session ids, base64 submissions or job references. */
      holding: z.array(z.string()).min(1).optional(),
    })
    .optional(),
  /** How often it strikes before it is spent. Default: without end. */
  times: z.int().min(1).optional(),
  /** The chance that it strikes a call that fits, 0 to 1. */
  probability: z.number().min(0).max(1).optional(),
};

const span = { min: milliseconds, max: milliseconds };

/** Which sessions of a call: these, those that start with `prefix`, or by default all; of them a `share`, 0 to 1. */
const which = {
  items: z.array(z.string()).default([]),
  prefix: z.string().min(1).optional(),
  share: z.number().min(0).max(1).default(1),
};

/** How a refusal tells which item is at fault: not at all, by its value, or by its place (`session_ids[3]`). */
const naming = z.enum(['none', 'value', 'place']).default('value');

/**
 * The scripted faults. Of the faults that decide a call's outcome (`error` to `wrongShape`) the first that fits wins; the
 * others add up.
 */
export const scriptSchema = z
  .discriminatedUnion('fault', [
    /** An answer of its own: 429, 5xx, 403, or 200 with `meta.status` false. */
    z.strictObject({
      fault: z.literal('error'),
      ...when,
      status,
      code: z.int().optional(),
      message: z.string().default('Scripted error'),
      headers: z.record(z.string(), z.string()).default({}),
      effect: effect.default(false),
    }),
    /** The connection is cut without an answer. */
    z.strictObject({ fault: z.literal('cut'), ...when, effect: effect.default(false) }),
    /** No answer ever comes, the connection stays open. */
    z.strictObject({ fault: z.literal('hang'), ...when, effect: effect.default(false) }),
    /** The answer's JSON breaks off, in a body of the right length. */
    z.strictObject({ fault: z.literal('badJson'), ...when, effect: effect.default(true) }),
    /** A web page where JSON was expected, as proxies send. */
    z.strictObject({ fault: z.literal('html'), ...when, status: status.default(502), effect: effect.default(false) }),
    /** The connection is cut in the middle of the body. */
    z.strictObject({ fault: z.literal('truncated'), ...when, effect: effect.default(true) }),
    /** Valid JSON of at least `bytes`; `declared` says so in Content-Length. */
    z.strictObject({
      fault: z.literal('oversize'),
      ...when,
      bytes: z
        .int()
        .min(1)
        .max(2 ** 31)
        .default(64 * 1024 * 1024),
      declared: z.boolean().default(false),
      effect: effect.default(true),
    }),
    /** Headers at once, the body in drops over `ms`. */
    z.strictObject({ fault: z.literal('slowBody'), ...when, ms: milliseconds, effect: effect.default(true) }),
    /** `data` in another shape: array and object swapped, an empty array, or none at all. */
    z.strictObject({
      fault: z.literal('wrongShape'),
      ...when,
      shape: z.enum(['swapped', 'empty', 'missing']).default('swapped'),
      effect: effect.default(true),
    }),
    /** 413 for a body of more than `bytes`. */
    z.strictObject({ fault: z.literal('tooLarge'), ...when, bytes: z.int().min(0) }),
    /** The whole call is refused when it holds one of these items, or one that starts with `prefix`. */
    z.strictObject({
      fault: z.literal('badItems'),
      ...when,
      items: z.array(z.string()).default([]),
      prefix: z.string().min(1).optional(),
      code: z.int().default(20004),
      status: status.default(400),
      naming,
      /** Name every bad item instead of the first. */
      nameAll: z.boolean().default(false),
    }),
    /** What a deletion that names sessions already gone is answered, instead of the stand-in's own rule. */
    z.strictObject({
      fault: z.literal('gone'),
      ...when,
      answer: z.enum(['succeed', 'refuse']),
      code: z.int().default(20016),
      status: status.default(400),
      naming,
      nameAll: z.boolean().default(false),
    }),
    /** The answer is held back, in milliseconds, on top of the stand-in's own latency. */
    z.strictObject({ fault: z.literal('latency'), ...when, ...span }),
    /** The job that the call creates ends halted. */
    z.strictObject({ fault: z.literal('halted'), ...when }),
    /** The job that the call creates takes another time, in milliseconds. */
    z.strictObject({ fault: z.literal('jobTime'), ...when, ...span }),
    /** `/jobs` does not know the job until this many milliseconds after its creation. */
    z.strictObject({ fault: z.literal('lateReference'), ...when, ...span }),
    /** `/jobs` no longer knows the job this many milliseconds after its creation. The job itself goes on. */
    z.strictObject({ fault: z.literal('vanishingReference'), ...when, afterMs: milliseconds.default(0) }),
    /** `/sessions/metadata` goes on showing sessions of the call for so long after the job that removed them has completed. */
    z.strictObject({ fault: z.literal('slowRemoval'), ...when, ...span, ...which }),
    /** Sessions of the call exist again, as they were, so long after the job that removed them has completed. */
    z.strictObject({ fault: z.literal('reappearance'), ...when, ...span, ...which }),
    /** A page of `/sessions/metadata` asks for itself again, for the first page, or for none, where it should ask for the one behind it. */
    z.strictObject({
      fault: z.literal('wrongNext'),
      ...when,
      next: z.enum(['same', 'first', 'none']).default('same'),
    }),
    /** The consumer's secret is another one from `afterMs` on. */
    z.strictObject({
      fault: z.literal('secret'),
      consumer: z.string(),
      secret: z.string(),
      afterMs: milliseconds.default(0),
    }),
  ])
  .refine((script) => !('min' in script) || script.min <= script.max, { error: 'min must not be over max' })
  .refine((script) => !(script.fault === 'error' && script.status === 429 && script.effect), {
    error: 'a call that is answered 429 has no effect',
  });

/** A fault as it is given: what has a default may be left out. */
export type ScriptInput = z.input<typeof scriptSchema>;
/** A fault as it is in force. */
export type Script = z.output<typeof scriptSchema>;
/** A fault that strikes calls; `secret` strikes a consumer. */
export type CallScript = Exclude<Script, { fault: 'secret' }>;
export type CallFaultName = CallScript['fault'];
export type Fault<N extends CallFaultName> = Extract<CallScript, { fault: N }>;
export type Naming = z.output<typeof naming>;

/** Faults that decide what a call is answered, whatever it asked for. */
export const outcomeFaults = [
  'error',
  'cut',
  'hang',
  'badJson',
  'html',
  'truncated',
  'oversize',
  'slowBody',
  'wrongShape',
  'tooLarge',
] as const satisfies readonly CallFaultName[];
export type Outcome = Fault<(typeof outcomeFaults)[number]>;
