import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { consumerNameSchema, defaultConsumer } from '../requests/request.ts';
import { accountFields, type Consumer, exclusiveKeySchema, identity, quotasSchema } from './consumer.ts';
import { guardFields, guardsOf, guardVariables } from './guard-fields.ts';
import { type Environment, readAllSettings, readSettings } from './read-settings.ts';
import { type SettingProblem, SettingsError } from './settings-error.ts';
import { readVerification, verificationSchema, verificationVariables } from './verification.ts';

const fileVariable = 'CONSUMERS_FILE';

export const singleConsumerSettings = z.object({
  LEARNOSITY_CONSUMER: consumerNameSchema.default(defaultConsumer),
  LEARNOSITY_CONSUMER_KEY: accountFields.key,
  LEARNOSITY_CONSUMER_SECRET: accountFields.secret,
  LEARNOSITY_DOMAIN: accountFields.domain,
  LEARNOSITY_BASE_URL: accountFields.baseUrl,
  LEARNOSITY_LTS_VERSION: accountFields.ltsVersion,
  LEARNOSITY_EXCLUSIVE_KEY: z.enum(['true', 'false'], 'must be true or false').default('false'),
  ...guardVariables,
  ...verificationVariables,
});

const entrySchema = z.strictObject(
  {
    ...accountFields,
    quotas: quotasSchema,
    exclusiveKey: exclusiveKeySchema,
    ...guardFields,
    verification: verificationSchema,
  },
  { error: ({ code }) => (code === 'invalid_type' ? 'must be {key, secret, domain, ...}' : undefined) },
);

/** The consumers of a worker: those of `CONSUMERS_FILE`, else the one of `LEARNOSITY_*`. Throws `SettingsError`. */
export function readConsumers(environment: Environment): Consumer[] {
  const path = environment[fileVariable];
  if (path === undefined || path === '') return [readSingle(environment)];
  const both = ['LEARNOSITY_CONSUMER_KEY', 'LEARNOSITY_CONSUMER_SECRET', 'LEARNOSITY_CONSUMER_SECRET_FILE'].filter(
    (name) => environment[name],
  );
  const problems = both.map((name) => ({ name, reason: `cannot be set together with ${fileVariable}` }));
  const { consumers, problems: ofFile } = readFile(path);
  problems.push(...ofFile);
  if (problems.length > 0) throw new SettingsError(problems);
  return consumers;
}

function readSingle(environment: Environment): Consumer {
  const { settings, verification } = readAllSettings({
    settings: () => readSettings(singleConsumerSettings, environment),
    verification: () => readVerification(environment),
  });
  return {
    name: settings.LEARNOSITY_CONSUMER,
    key: settings.LEARNOSITY_CONSUMER_KEY,
    secret: settings.LEARNOSITY_CONSUMER_SECRET,
    domain: settings.LEARNOSITY_DOMAIN,
    baseUrl: settings.LEARNOSITY_BASE_URL,
    ltsVersion: settings.LEARNOSITY_LTS_VERSION,
    quotas: quotasSchema.parse(undefined),
    exclusiveKey: settings.LEARNOSITY_EXCLUSIVE_KEY === 'true',
    guards: guardsOf({
      approvalOver: settings.LEARNOSITY_APPROVAL_OVER,
      holdWindow: settings.LEARNOSITY_HOLD_WINDOW,
      deletionsPerDay: settings.LEARNOSITY_DELETIONS_PER_DAY,
    }),
    verification,
  };
}

interface FileContent {
  consumers: Consumer[];
  problems: SettingProblem[];
}

function readFile(path: string): FileContent {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return onlyProblem('names a file that cannot be read');
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return onlyProblem(`is not JSON${placeOf(error, text)}`);
  }
  const entries = z.record(z.string(), z.unknown()).safeParse(json).data;
  if (entries === undefined) return onlyProblem('must hold an object of consumers by name');
  if (Object.keys(entries).length === 0) return onlyProblem('must hold at least one consumer');
  return readEntries(Object.entries(entries));
}

function readEntries(entries: readonly [string, unknown][]): FileContent {
  const consumers: Consumer[] = [];
  const problems: SettingProblem[] = [];
  const names = new Map<string, string>();
  for (const [index, [name, entry]] of entries.entries()) {
    const badName = consumerNameSchema.safeParse(name).error?.issues[0];
    // A name that is none may be a secret in the wrong place.
    const shown = badName === undefined ? name : `entry ${index + 1}`;
    if (badName !== undefined) problems.push(inFile(`${shown}: the name ${badName.message}`));
    const result = entrySchema.safeParse(entry);
    if (!result.success) {
      problems.push(
        ...result.error.issues.map((issue) => inFile(`${[shown, ...issue.path].join('.')} ${reasonOf(issue)}`)),
      );
      continue;
    }
    const { approvalOver, holdWindow, deletionsPerDay, ...account } = result.data;
    const consumer = { name, ...account, guards: guardsOf({ approvalOver, holdWindow, deletionsPerDay }) };
    const twin = names.get(identity(consumer));
    if (twin !== undefined)
      problems.push(inFile(`${shown} has the key and base URL of ${twin}: both would spend its quota`));
    names.set(identity(consumer), shown);
    consumers.push(consumer);
  }
  return { consumers, problems };
}

function reasonOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys' ? `has unknown fields: ${issue.keys.join(', ')}` : issue.message;
}

/** The line and column where a parser's message says them; the message itself repeats the text. */
function placeOf(error: unknown, text: string): string {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined;
  if (position === undefined) return '';
  const lines = text.slice(0, Number(position)).split('\n');
  return ` (line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1})`;
}

function onlyProblem(reason: string): FileContent {
  return { consumers: [], problems: [{ name: fileVariable, reason }] };
}

function inFile(reason: string): SettingProblem {
  return { name: fileVariable, reason: `at ${reason}` };
}
