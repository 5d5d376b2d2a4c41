import { expect, test } from '@jest/globals';
import { delayTitle, meanMs, parseDelay } from '../../src/lab/delay.ts';

test('a latency lies on the way, unless it is said to be at the server', () => {
  expect(parseDelay('20-320')).toMatchObject({ leastMs: 20, mostMs: 320, where: 'on the way' });
  expect(parseDelay('400@server')).toMatchObject({ leastMs: 400, mostMs: 400, where: 'at the server' });
  expect(['20-320', '400@server'].map((text) => delayTitle(parseDelay(text)))).toEqual([
    '20-320 ms on the way',
    '400 ms at the server',
  ]);
  expect(meanMs(parseDelay('20-320'))).toBe(170);
});

test('what is none is refused', () => {
  for (const text of ['', 'fast', '320-20', '20-', '5@client']) expect(() => parseDelay(text)).toThrow(RangeError);
});
