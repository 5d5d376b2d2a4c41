import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { guardFields, guardsOf, guardVariables } from '../../src/config/guard-fields.ts';

const file = z.strictObject(guardFields);
const variables = z.object(guardVariables);

describe('the guards of a consumer', () => {
  test('are none unless they are set', () => {
    expect(guardsOf(file.parse({}))).toEqual({ holdWindowMs: 0 });
  });

  test('come as numbers in its file, and as text in variables', () => {
    expect(guardsOf(file.parse({ approvalOver: 0, holdWindow: '24h', deletionsPerDay: 50_000 }))).toEqual({
      approvalOver: 0,
      holdWindowMs: 24 * 3_600_000,
      deletionsPerDay: 50_000,
    });
    const given = variables.parse({
      LEARNOSITY_APPROVAL_OVER: '1000',
      LEARNOSITY_HOLD_WINDOW: '90m',
      LEARNOSITY_DELETIONS_PER_DAY: '7',
    });
    expect(given).toEqual({
      LEARNOSITY_DELETIONS_PER_DAY: 7,
      LEARNOSITY_APPROVAL_OVER: 1_000,
      LEARNOSITY_HOLD_WINDOW: 90 * 60_000,
    });
  });

  test.each([
    [{ approvalOver: -1 }, 'must be a whole number from 0 to 1000000000'],
    [{ approvalOver: '5' }, 'must be a whole number from 0 to 1000000000'],
    [{ approvalOver: 1.5 }, 'must be a whole number from 0 to 1000000000'],
    [{ deletionsPerDay: 0 }, 'must be a whole number from 1 to 1000000000'],
    [{ holdWindow: 24 }, 'must be text such as 90m or 24h'],
    [{ holdWindow: '1d' }, 'must be minutes or hours, such as 90m or 24h'],
    [{ holdWindow: '721h' }, 'must be at most 720h'],
  ])('are refused as %j, with the reason', (given, reason) => {
    expect(file.safeParse(given).error?.issues).toMatchObject([{ message: reason }]);
  });
});
