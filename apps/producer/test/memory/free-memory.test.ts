import { describe, expect, test } from '@jest/globals';
import { freeMemory } from '../../src/memory/free-memory.ts';

const megabyte = 1024 * 1024;

describe('freeing memory at once', () => {
  test('leaves nothing for the garbage collector', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 64; n += 1) {
      const buffer = Buffer.allocUnsafeSlow(megabyte);
      freeMemory(buffer);
      expect(buffer.length).toBe(0);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * megabyte);
  });

  test('leaves memory alone that others use too', () => {
    const whole = Buffer.allocUnsafeSlow(megabyte).fill('a');
    freeMemory(whole.subarray(1));
    freeMemory(Buffer.from('from the pool'));
    expect(whole.equals(Buffer.alloc(megabyte, 'a'))).toBe(true);
  });

  test('leaves a small one to the garbage collector', () => {
    const small = Buffer.allocUnsafeSlow(1_000);
    freeMemory(small);
    expect(small).toHaveLength(1_000);
  });
});
