import { describe, expect, test } from '@jest/globals';
import { SettingsError } from '../../src/config/settings-error.ts';
import { readVerification, verificationSchema } from '../../src/config/verification.ts';

const dayMs = 86_400_000;

function problemsOf(environment: Record<string, string>): string[] {
  try {
    readVerification(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ name, reason }) => `${name} ${reason}`);
    throw error;
  }
  throw new Error('the settings were taken');
}

describe('how deletions are verified', () => {
  test('is said by a consumer in the file', () => {
    const given = { deletions: 'always', afterSeconds: 60, forSeconds: 7_200, sampleAfterDays: [1] };
    const read = { deletions: 'always', afterMs: 60_000, forMs: 7_200_000, sampleAfterMs: [dayMs] };
    expect(verificationSchema.parse(given)).toEqual(read);
  });

  test('is said by variables of a single consumer', () => {
    const environment = {
      LEARNOSITY_VERIFY_DELETIONS: 'never',
      LEARNOSITY_VERIFY_AFTER_SECONDS: '10',
      LEARNOSITY_VERIFY_FOR_SECONDS: '20',
      LEARNOSITY_VERIFY_SAMPLE_DAYS: '1, 3,9',
    };
    const read = { deletions: 'never', afterMs: 10_000, forMs: 20_000, sampleAfterMs: [dayMs, 3 * dayMs, 9 * dayMs] };
    expect(readVerification(environment)).toEqual(read);
  });

  test.each([
    [
      { LEARNOSITY_VERIFY_DELETIONS: 'private' },
      'LEARNOSITY_VERIFY_DELETIONS must be one of selections, always, never',
    ],
    [
      { LEARNOSITY_VERIFY_AFTER_SECONDS: '0' },
      'LEARNOSITY_VERIFY_AFTER_SECONDS must be a whole number from 1 to 86400',
    ],
    [{ LEARNOSITY_VERIFY_AFTER_SECONDS: 'a while' }, expect.stringContaining('must be a whole number')],
    [
      { LEARNOSITY_VERIFY_FOR_SECONDS: '300' },
      expect.stringContaining('LEARNOSITY_VERIFY_FOR_SECONDS must be at least twice'),
    ],
    [{ LEARNOSITY_VERIFY_SAMPLE_DAYS: '7,7' }, 'LEARNOSITY_VERIFY_SAMPLE_DAYS must be in order, each once'],
  ])('is refused by name and reason: %j', (environment, problem) => {
    expect(problemsOf(environment as Record<string, string>)).toEqual([problem]);
  });
});
