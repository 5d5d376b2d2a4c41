import { describe, expect, test } from '@jest/globals';
import { reachOf } from '../../../src/cli/connection/reach.ts';

describe('the options of a hint', () => {
  test('are those that the command was called with', () => {
    expect(reachOf({})).toBe('');
    expect(reachOf({ url: 'http://127.0.0.1:3010' })).toBe(' --url http://127.0.0.1:3010');
    expect(reachOf({ redis: 'redis://127.0.0.1', prefix: 'a b', json: true })).toBe(
      " --redis redis://127.0.0.1 --prefix 'a b'",
    );
  });

  test('tell no token, and no password', () => {
    expect(reachOf({ url: 'https://queue.test', token: 'secret' })).toBe(' --url https://queue.test --token <token>');
    for (const redis of ['redis://ada:secret@127.0.0.1', 'redis://127.0.0.1?password=secret'])
      expect(reachOf({ redis })).toBe(' --redis <url>');
  });
});
