import { describe, expect, test } from '@jest/globals';
import { type Decision, decide, type Endpoint, type Outcome, outcomeOf } from '../../src/learnosity/decision.ts';

function decisionOf(httpStatus: number, code?: number, endpoint: Endpoint = 'deletion'): Decision {
  return decide({ endpoint, httpStatus, code, readable: code !== undefined });
}

describe('a failure', () => {
  test.each<[Decision, number, number[]]>([
    ['transient', 500, [10000, 20018, 50100]],
    ['transient', 403, [40002]],
    ['quota', 429, [42000]],
    ['item', 400, [20000, 20001, 20002, 20003, 20004, 20009, 20027, 30000, 30001]],
    ['item', 409, [20011]],
    ['consumer', 403, [40000, 40001, 40003, 41000, 41001, 41002, 41003, 41005, 41006, 41007, 41008, 41009]],
    ['consumer', 404, [20012]],
    ['consumer', 410, [42001]],
    ['consumer', 400, [43000]],
  ])('is %s by HTTP %i and these codes', (decision, status, codes) => {
    expect(codes.map((code) => decisionOf(status, code))).toEqual(codes.map(() => decision));
    // The same codes come with HTTP 200 as well.
    if (status !== 429) expect(codes.map((code) => decisionOf(200, code))).toEqual(codes.map(() => decision));
  });

  test('of a deletion by 20016 means already gone, elsewhere an item', () => {
    expect(decisionOf(400, 20016)).toBe('absent');
    expect(decisionOf(400, 20016, 'resubmission')).toBe('item');
  });

  test.each<[Decision, number[]]>([
    ['transient', [400, 403, 408, 409, 418, 421, 500, 501, 502, 503, 504, 599, 200]],
    ['quota', [429]],
    ['item', [413]],
    ['consumer', [301, 302, 307, 308, 401, 404, 405, 407, 410]],
  ])('without a readable body is %s by its status alone', (decision, statuses) => {
    expect(statuses.map((status) => [status, decisionOf(status)])).toEqual(
      statuses.map((status) => [status, decision]),
    );
  });

  test('by a code that is not known goes with its family', () => {
    expect(decisionOf(400, 20099)).toBe('item');
    expect(decisionOf(400, 30099)).toBe('item');
    expect(decisionOf(403, 41099)).toBe('consumer');
    expect(decisionOf(400, 60000)).toBe('transient');
    expect(decisionOf(503, 20099)).toBe('transient');
  });

  test.each<[Outcome, number[]]>([
    ['refused', [301, 400, 403, 404, 413, 429]],
    ['unknown', [200, 201, 500, 502, 503, 504, 520, 522, 524]],
  ])('without a readable body has the outcome %s', (outcome, statuses) => {
    expect(statuses.map((httpStatus) => [httpStatus, outcomeOf({ httpStatus, readable: false })])).toEqual(
      statuses.map((httpStatus) => [httpStatus, outcome]),
    );
  });

  test('that Learnosity itself tells was refused', () => {
    for (const httpStatus of [200, 400, 500, 503]) expect(outcomeOf({ httpStatus, readable: true })).toBe('refused');
  });

  test('that a gateway tells has the outcome unknown, whatever its body: the API behind it may have the call (invariant 7)', () => {
    for (const httpStatus of [502, 504, 520, 522, 524]) {
      expect(outcomeOf({ httpStatus, readable: true })).toBe('unknown');
    }
  });
});
