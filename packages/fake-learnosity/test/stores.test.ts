import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeyTable } from '../src/items/key-table.ts';
import { SessionIds } from '../src/items/session-ids.ts';
import { DueHeap } from '../src/jobs/due-heap.ts';
import { Random } from '../src/settings/random.ts';
import { ids } from './stage/stage.ts';

describe('the table of session ids', () => {
  test('numbers ids of every kind in the order of their arrival, and gives them back', () => {
    const anyId = fc.oneof(
      fc.uuid(),
      fc.string({ minLength: 1 }),
      fc.uuid().map((id) => id.toUpperCase()),
    );
    fc.assert(
      fc.property(fc.array(anyId, { maxLength: 40 }), (given) => {
        const table = new SessionIds();
        const expected = [...new Set(given)];
        for (const id of given) expect(table.add(id)).toBe(expected.indexOf(id));
        expect(table.size).toBe(expected.length);
        expect(expected.map((_, number) => table.text(number))).toEqual(expected);
        expect(expected.map((id) => table.find(id))).toEqual(expected.map((_, number) => number));
        expect(table.find('never added, and no UUID')).toBe(-1);
      }),
    );
  });

  test('stays right while it grows', () => {
    const table = new SessionIds();
    const many = ids(100_000);
    expect(many.every((id, number) => table.add(id) === number)).toBe(true);
    expect(many.every((id, number) => table.find(id) === number)).toBe(true);
    expect(table.text(99_999)).toBe(many[99_999]);
  });
});

describe('a table of wide keys', () => {
  test('tells keys apart by every word', () => {
    const table = new KeyTable(8);
    const keys = Array.from({ length: 3000 }, (_, place) => {
      return Uint32Array.from({ length: 8 }, (_, word) => (word === place % 8 ? place : 0));
    });
    keys.shift();
    expect(keys.map((key) => table.add(key))).toEqual(keys.map((_, number) => number));
    expect(keys.map((key) => table.add(key))).toEqual(keys.map((_, number) => number));
    expect(table.key(1234)).toEqual(keys[1234]);
  });
});

describe('the heap of what is due', () => {
  test('gives out what is due, the earliest first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), fc.nat(100), (times, now) => {
        const heap = new DueHeap<number>((time) => time);
        for (const time of times) heap.push(time);
        const taken: number[] = [];
        for (let time = heap.takeDue(now); time !== undefined; time = heap.takeDue(now)) taken.push(time);
        expect(taken).toEqual(times.filter((time) => time <= now).sort((a, b) => a - b));
      }),
    );
  });
});

describe('seeded randomness', () => {
  test('is the same for the same seed, and spreads evenly', () => {
    const draw = (seed: string) => {
      const random = new Random(seed);
      return Array.from({ length: 10_000 }, () => random.within({ min: 10, max: 20 }));
    };
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
    const drawn = draw('a');
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...drawn)).toBeLessThan(20);
    const mean = drawn.reduce((sum, one) => sum + one, 0) / drawn.length;
    expect(mean).toBeGreaterThan(14.8);
    expect(mean).toBeLessThan(15.2);
  });

  test('makes references that differ', () => {
    const random = new Random('references');
    expect(new Set(Array.from({ length: 10_000 }, () => random.uuid())).size).toBe(10_000);
  });
});
