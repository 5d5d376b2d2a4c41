import { type ApiKey, consumerNameSchema, keyNameSchema, tokenHashSchema } from '@session-queue/core';
import { z } from 'zod';
import { type Caller, scopes } from './caller.ts';

/** An API key as it is looked up: whoever has the token is this caller. */
export interface KnownKey extends Caller {
  name: string;
  /** SHA-256 of the token. */
  hash: Buffer;
  /** From this moment on it is none any more, in ms since 1970. */
  endsAt?: number;
}

export const maxRatePerMinute = 1_000_000;
const rateFault = `must be a whole number from 0 to ${maxRatePerMinute}`;
const aMoment = 'must be a date or a time such as 2027-01-31T08:00:00Z';

/** The fields of a key beside its hash, as the file and the command line give them. */
export const keyFields = {
  name: keyNameSchema,
  scopes: z.array(z.enum(scopes, `must be one of ${scopes.join(', ')}`), 'must be a list of scopes').min(1, 'is empty'),
  consumers: z.array(consumerNameSchema, 'must be a list of consumers').min(1, 'is empty').optional(),
  expires: z.union([z.iso.datetime({ offset: true }), z.iso.date()], aMoment).optional(),
  ratePerMinute: z.int(rateFault).min(0, rateFault).max(maxRatePerMinute, rateFault).optional(),
};

const entrySchema = z.strictObject(
  { ...keyFields, hash: tokenHashSchema },
  {
    error: ({ code }) => {
      if (code === 'unrecognized_keys') return 'holds a field that is not known';
      return code === 'invalid_type' ? 'must be {name, hash, scopes, ...}' : undefined;
    },
  },
);

/** What a file of keys holds, or why it cannot be used. Faults never repeat a value but the name of a key. */
export interface KeyList {
  keys: readonly KnownKey[];
  faults: readonly string[];
}

/** Reads a JSON list of keys. */
export function parseKeyList(text: string): KeyList {
  let entries: unknown;
  try {
    entries = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { keys: [], faults: ['is not JSON'] };
  }
  if (!Array.isArray(entries)) return { keys: [], faults: ['must hold a list of keys'] };
  const keys: KnownKey[] = [];
  const faults: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const parsed = entrySchema.safeParse(entry);
    if (parsed.success) keys.push(knownKey(parsed.data));
    else faults.push(...faultsOf(parsed.error, `at entry ${index + 1}`));
  }
  return { keys, faults: [...faults, ...clashes(keys)] };
}

/** A key of `PRODUCER_API_KEYS`: it may do everything. */
export function unlimitedKey({ name, hash }: ApiKey): KnownKey {
  return { id: name, name, hash: Buffer.from(hash, 'hex'), scopes: new Set(scopes) };
}

/** What is wrong with keys that would leave open who asked. */
export function clashes(keys: readonly KnownKey[]): string[] {
  const faults: string[] = [];
  const names = new Set<string>();
  const hashes = new Map<string, string>();
  for (const { name, hash } of keys) {
    if (names.has(name)) faults.push(`has the key ${name} twice`);
    const twin = hashes.get(hash.toString('hex'));
    if (twin !== undefined) faults.push(`has one token for ${twin} and ${name}`);
    names.add(name);
    hashes.set(hash.toString('hex'), name);
  }
  return faults;
}

function knownKey(entry: z.infer<typeof entrySchema>): KnownKey {
  const { name, hash, consumers, expires, ratePerMinute } = entry;
  return {
    id: name,
    name,
    hash: Buffer.from(hash, 'hex'),
    scopes: new Set(entry.scopes),
    ...(consumers === undefined ? {} : { consumers }),
    ...(expires === undefined ? {} : { endsAt: Date.parse(expires) }),
    ...(ratePerMinute === undefined ? {} : { ratePerMinute }),
  };
}

function faultsOf(error: z.ZodError, where: string): string[] {
  return error.issues.map(({ path, message }) => `${[where, ...path].join('.')} ${message}`);
}
