import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { startProgress } from '../../src/report/progress.ts';

let said: string[] = [];
beforeEach(() => {
  jest.useFakeTimers();
  said = [];
  jest.spyOn(console, 'log').mockImplementation((text) => {
    said.push(String(text).trim());
  });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

test('a long silence is broken every half minute, and a word begins it anew', () => {
  const progress = startProgress();
  jest.advanceTimersByTime(29_000);
  progress.say('half done');
  jest.advanceTimersByTime(29_000);
  expect(said).toEqual(['half done']);
  jest.advanceTimersByTime(31_500);
  expect(said.slice(1)).toEqual(['running for 59 s', 'running for 89 s']);
  progress.stop();
});

test('nothing is said once it has stopped', () => {
  startProgress().stop();
  jest.advanceTimersByTime(120_000);
  expect(said).toEqual([]);
});
