import { describe, expect, test } from '@jest/globals';
import { usedParts } from '../../src/redis/used-parts.ts';

const shared = `-- About all of it.
local base = KEYS[1]

-- Adds.
local function add(a, b) return a + b end

local first, second = 1, 2
local function twice(a)
  -- Within.
  local sum = add(a, a)
  return sum
end

local function never()
  return base
end`;

describe('a script of several files', () => {
  test('has what it uses of the first ones, in their order, and what that uses', () => {
    expect(usedParts([shared, 'local more = twice\n', 'return more(2)'])).toBe(
      [
        'local function add(a, b) return a + b end',
        'local function twice(a)',
        '  local sum = add(a, a)',
        '  return sum',
        'end',
        'local more = twice',
        'return more(2)',
      ].join('\n'),
    );
  });

  test('has a statement whole of which it uses one name', () => {
    expect(usedParts([shared, 'return second'])).toBe('local first, second = 1, 2\nreturn second');
  });

  test('keeps its own file as it is', () => {
    expect(usedParts([shared, '-- Says no more.\nreturn 1'])).toBe('-- Says no more.\nreturn 1');
    expect(usedParts(['-- Alone.\nredis.call("PING")'])).toBe('-- Alone.\nredis.call("PING")');
  });

  test('has no shared file that does anything: whether it ran would depend on who uses it', () => {
    expect(() => usedParts(['redis.call("PING")', 'return 1'])).toThrow('must begin with local: redis.call');
  });
});
