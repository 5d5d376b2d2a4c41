import { expect, test } from '@jest/globals';
import { FailureRow } from '../../src/archivist/failure-row.ts';

test('failures in a row have ever longer rests, up to three minutes, and begin anew after what went well', () => {
  const row = new FailureRow();
  expect(row.leftMs).toBe(0);
  const after = () => {
    row.add();
    return row.leftMs;
  };
  for (const longest of [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 180_000, 180_000]) {
    const restMs = after();
    expect(restMs).toBeGreaterThan(longest / 2 - 100);
    expect(restMs).toBeLessThanOrEqual(longest);
  }
  row.end();
  expect(after()).toBeLessThanOrEqual(5_000);
});

test('of failures in a row the first is to be told, and after what went well the next', () => {
  const row = new FailureRow();
  row.add();
  expect(row.isToTell()).toBe(true);
  row.add();
  expect(row.isToTell()).toBe(false);
  row.end();
  row.add();
  expect(row.isToTell()).toBe(true);
});
