import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Consumer, fingerprint, identity } from '../../src/config/consumer.ts';
import { readConsumers } from '../../src/config/read-consumers.ts';
import { SettingsError } from '../../src/config/settings-error.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consumers-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const account = { key: 'k3y', secret: 's3cret', domain: 'example.com' };
const defaults = {
  baseUrl: 'https://data.learnosity.com',
  ltsVersion: 'v2026.2.LTS',
  quotas: {
    deletion: { calls: 5, windowMs: 5_000 },
    resubmission: { calls: 50, windowMs: 5_000 },
    jobs: { calls: 1_000, windowMs: 5_000 },
    metadata: { calls: 1_000, windowMs: 5_000 },
  },
  exclusiveKey: false,
  guards: { holdWindowMs: 0 },
  verification: {
    deletions: 'selections',
    afterMs: 300_000,
    forMs: 86_400_000,
    sampleAfterMs: [7 * 86_400_000, 28 * 86_400_000],
  },
};
const single = {
  LEARNOSITY_CONSUMER_KEY: account.key,
  LEARNOSITY_CONSUMER_SECRET: account.secret,
  LEARNOSITY_DOMAIN: account.domain,
};

async function fromFile(content: unknown, environment: Record<string, string> = {}): Promise<Consumer[]> {
  const file = join(folder, 'consumers.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readConsumers({ ...environment, CONSUMERS_FILE: file });
}

async function problemsOf(reading: Promise<unknown> | (() => unknown)): Promise<string[]> {
  try {
    await (typeof reading === 'function' ? reading() : reading);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ name, reason }) => `${name} ${reason}`);
    throw error;
  }
  throw new Error('the consumers were taken');
}

describe('a single consumer', () => {
  test('comes from variables, with the documented defaults', () => {
    expect(readConsumers(single)).toEqual([{ name: 'default', ...account, ...defaults }]);
  });

  test.each([
    ['true', true],
    ['false', false],
    ['', false],
  ])('has a key that nobody else uses only when that is said (%j)', (text, exclusiveKey) => {
    expect(readConsumers({ ...single, LEARNOSITY_EXCLUSIVE_KEY: text })).toMatchObject([{ exclusiveKey }]);
  });

  test('is refused with anything else said of its key', async () => {
    const problems = await problemsOf(() => readConsumers({ ...single, LEARNOSITY_EXCLUSIVE_KEY: 'yes' }));
    expect(problems).toEqual(['LEARNOSITY_EXCLUSIVE_KEY must be true or false']);
  });

  test('takes its name, base URL and version from variables, too', () => {
    const [consumer] = readConsumers({
      ...single,
      LEARNOSITY_CONSUMER: 'exams',
      LEARNOSITY_BASE_URL: 'https://data-ie.learnosity.com//',
      LEARNOSITY_LTS_VERSION: 'v2025.1.LTS',
    });
    expect(consumer).toMatchObject({
      name: 'exams',
      baseUrl: 'https://data-ie.learnosity.com',
      ltsVersion: 'v2025.1.LTS',
    });
  });

  test('without credentials is told what is missing', async () => {
    expect(await problemsOf(() => readConsumers({}))).toEqual([
      'LEARNOSITY_CONSUMER_KEY is missing',
      'LEARNOSITY_CONSUMER_SECRET is missing',
      'LEARNOSITY_DOMAIN is missing',
    ]);
  });

  test.each([
    ['http://data.learnosity.com', 'must start with https:// (plain http is for loopback only)'],
    ['http://127.0.0.1.example.com', 'must start with https:// (plain http is for loopback only)'],
    ['ftp://127.0.0.1', 'must start with https://'],
    ['data.learnosity.com', 'must be a URL'],
    ['https://user:pass@host', 'must hold no credentials'],
    ['https://host/?a=b', 'must hold no query or fragment'],
  ])('is refused the base URL %s', async (url, reason) => {
    const environment = { ...single, LEARNOSITY_BASE_URL: url };
    expect(await problemsOf(() => readConsumers(environment))).toEqual([`LEARNOSITY_BASE_URL ${reason}`]);
  });

  test.each([
    ['http://127.0.0.1:3999/', 'http://127.0.0.1:3999'],
    ['http://localhost:3999', 'http://localhost:3999'],
    ['http://[::1]:3999/fake//', 'http://[::1]:3999/fake'],
    ['HTTPS://Data.Learnosity.com', 'https://data.learnosity.com'],
  ])('may use the base URL %s', (url, normal) => {
    expect(readConsumers({ ...single, LEARNOSITY_BASE_URL: url })[0]?.baseUrl).toBe(normal);
  });
});

describe('a file of consumers', () => {
  test('holds several, each with its own quotas', async () => {
    const quotas = { deletion: { calls: 10, windowMs: 5_000 } };
    const consumers = await fromFile({ exams: account, quizzes: { ...account, key: 'other', quotas } });
    expect(consumers).toEqual([
      { name: 'exams', ...account, ...defaults },
      { name: 'quizzes', ...account, ...defaults, key: 'other', quotas: { ...defaults.quotas, ...quotas } },
    ]);
  });

  test('is told every wrong entry by its path, and no value', async () => {
    const problems = await problemsOf(
      fromFile({
        exams: { key: 'private key', secret: '', domain: 7, ltsVersion: '../private', extra: 'private' },
        quizzes: { ...account, baseUrl: 'http://private', quotas: { deletion: { calls: 0, windowMs: 1.5 }, jobs: 5 } },
        'private name': account,
        nothing: null,
      }),
    );
    expect(problems.toSorted()).toEqual([
      'CONSUMERS_FILE at entry 3: the name must be 1 to 64 letters, digits, dots, dashes or underscores, and start with a letter or digit',
      'CONSUMERS_FILE at exams has unknown fields: extra',
      'CONSUMERS_FILE at exams.domain is missing',
      'CONSUMERS_FILE at exams.key must be printable ASCII without spaces',
      'CONSUMERS_FILE at exams.ltsVersion must look like v2026.2.LTS',
      'CONSUMERS_FILE at exams.secret must be printable ASCII without spaces',
      'CONSUMERS_FILE at nothing must be {key, secret, domain, ...}',
      'CONSUMERS_FILE at quizzes.baseUrl must start with https:// (plain http is for loopback only)',
      'CONSUMERS_FILE at quizzes.quotas.deletion.calls must be a whole number from 1 to 100000',
      'CONSUMERS_FILE at quizzes.quotas.deletion.windowMs must be a whole number from 1 to 3600000',
      'CONSUMERS_FILE at quizzes.quotas.jobs must be {calls, windowMs}',
    ]);
    expect(problems.join()).not.toContain('private');
  });

  test('may not give one key two names: both would spend its quota', async () => {
    const problems = await problemsOf(fromFile({ one: account, two: { ...account, secret: 'newer' } }));
    expect(problems).toEqual(['CONSUMERS_FILE at two has the key and base URL of one: both would spend its quota']);
  });

  test.each([
    ['[]', 'must hold an object of consumers by name'],
    ['{}', 'must hold at least one consumer'],
    ['"private"', 'must hold an object of consumers by name'],
  ])('that holds %s is refused', async (content, reason) => {
    expect(await problemsOf(fromFile(content))).toEqual([`CONSUMERS_FILE ${reason}`]);
  });

  test('that is not JSON is refused, with the place and without its text', async () => {
    const [problem] = await problemsOf(fromFile('{\n  "exams": {\n    "secret": "private"\n    "key": 1 } }'));
    expect(problem).toMatch(/^CONSUMERS_FILE is not JSON( \(line 4, column \d+\))?$/);
    const [other] = await problemsOf(fromFile('private'));
    expect(other).toBe('CONSUMERS_FILE is not JSON');
  });

  test('that cannot be read is refused', async () => {
    const environment = { CONSUMERS_FILE: join(folder, 'nowhere.json') };
    expect(await problemsOf(() => readConsumers(environment))).toEqual([
      'CONSUMERS_FILE names a file that cannot be read',
    ]);
  });

  test('leaves no room for credentials in variables', async () => {
    expect(await problemsOf(fromFile({ exams: account }, single))).toEqual([
      'LEARNOSITY_CONSUMER_KEY cannot be set together with CONSUMERS_FILE',
      'LEARNOSITY_CONSUMER_SECRET cannot be set together with CONSUMERS_FILE',
    ]);
  });
});

describe('the fingerprint of a consumer', () => {
  const consumer = { ...account, baseUrl: 'https://host', ltsVersion: 'v1' };

  test.each(['key', 'secret', 'domain', 'baseUrl', 'ltsVersion'] as const)('changes with its %s', (field) => {
    expect(fingerprint({ ...consumer, [field]: 'new' })).not.toBe(fingerprint(consumer));
  });

  test('is short hex that cannot be shifted between fields', () => {
    expect(fingerprint(consumer)).toMatch(/^[0-9a-f]{32}$/);
    const shifted = { ...consumer, key: `${account.key}${account.secret}`, secret: '' };
    expect(fingerprint(shifted)).not.toBe(fingerprint(consumer));
  });

  test('is not its identity, which is the key and the address alone', () => {
    expect(identity({ ...consumer, secret: 'new' } as typeof consumer)).toBe(identity(consumer));
    expect(identity({ ...consumer, key: 'new' })).not.toBe(identity(consumer));
    expect(identity({ ...consumer, baseUrl: 'https://new' })).not.toBe(identity(consumer));
  });
});
