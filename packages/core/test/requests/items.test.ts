import { describe, expect, test } from '@jest/globals';
import { itemFault } from '../../src/requests/items.ts';

const twoMb = 2 * 1024 * 1024;

describe('a session id', () => {
  test.each([
    ['one character', 'a'],
    ['255 characters', 'x'.repeat(255)],
    ['255 characters of 3 bytes', '€'.repeat(255)],
    ['spaces, quotes and signs', ' "\\%&=+ '],
    ['characters of 4 bytes', '😀'.repeat(127)],
    ['a line separator', 'a\u2028b'],
  ])('may have %s', (_name, id) => {
    expect(itemFault('deletion', id)).toBeUndefined();
  });

  test.each([
    ['nothing', '', 'must not be empty'],
    ['256 characters', 'x'.repeat(256), 'must be at most 255 characters'],
    ['a newline', 'private\n', 'must hold no control characters'],
    ['a NUL', 'private\0', 'must hold no control characters'],
    ['a DEL', 'private\x7f', 'must hold no control characters'],
    ['a C1 control', 'private\x85', 'must hold no control characters'],
    ['half of a 4-byte character', 'private\ud83d', 'must be well-formed Unicode'],
    ['its other half', '\ude00private', 'must be well-formed Unicode'],
  ])('may not have %s', (_name, id, fault) => {
    expect(itemFault('deletion', id)).toBe(fault);
  });
});

describe('a submission', () => {
  test.each([
    ['short', 'AA=='],
    ['all signs', 'ab+/'],
    ['2 MB', 'A'.repeat(twoMb)],
  ])('may be %s', (_name, text) => {
    expect(itemFault('resubmission', text)).toBeUndefined();
  });

  test.each([
    ['empty', '', 'must not be empty'],
    ['over 2 MB', 'A'.repeat(twoMb + 4), 'must be at most 2 MB (2,097,152 bytes) as sent'],
    ['without padding', 'AAA', 'must be base64 (RFC 4648, padded)'],
    ['padding alone', '====', 'must be base64 (RFC 4648, padded)'],
    ['padded thrice', 'A===', 'must be base64 (RFC 4648, padded)'],
    ['padded in the middle', 'AA==AAAA', 'must be base64 (RFC 4648, padded)'],
    ['base64url', 'ab-_', 'must be base64 (RFC 4648, padded)'],
    ['in lines', 'AAAA\nAAAA', 'must be base64 (RFC 4648, padded)'],
    ['ending in a newline', 'AAA\n', 'must be base64 (RFC 4648, padded)'],
  ])('may not be %s', (_name, text, fault) => {
    expect(itemFault('resubmission', text)).toBe(fault);
  });
});

test.each([undefined, null, 7, true, {}, ['a'], Symbol('s')])('an item is a string, not %p', (value) => {
  expect(itemFault('deletion', value)).toBe('must be a string');
  expect(itemFault('resubmission', value)).toBe('must be a string');
});
