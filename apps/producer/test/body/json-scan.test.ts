import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkJson } from '../../src/body/json-scan.ts';

const wide = { maxDepth: 1_000, maxContainers: 1_000_000, maxValues: 1_000_000, maxFields: 1_000 };

function faultOf(text: string, limits = wide): { offset: number; message: string } | undefined {
  try {
    checkJson(Buffer.from(text), 0, limits);
    return undefined;
  } catch (error) {
    return error as { offset: number; message: string };
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the check before JSON.parse', () => {
  test('lets every JSON text through', () => {
    fc.assert(fc.property(fc.json(), (text) => faultOf(text) === undefined));
    fc.assert(fc.property(fc.jsonValue(), (value) => faultOf(JSON.stringify(value, null, 2)) === undefined));
  });

  test('finds a fault exactly where JSON.parse does, however a text is damaged', () => {
    const damaged = fc
      .tuple(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.nat(3),
        fc.constantFrom('', '"', '\\', '0', '-', 'e', '.', ',', ']', '}', ':', '\n', 't'),
      )
      .map(([text, at, cut, put]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + put + text.slice(start + cut);
      })
      // A field that stands twice is a fault here, and none for JSON.parse.
      .filter((text) => faultOf(text)?.message !== 'an object names a field twice');
    fc.assert(
      fc.property(damaged, (text) => (faultOf(text) === undefined) === isJson(text)),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ['{"a": secret}', 6, 'a value is expected'],
    ['{"a":"b" x}', 9, 'a comma or the end of the object is expected'],
    ['["a","b"', 8, 'the text ends too early'],
    ['{"a":1,}', 7, 'a field name in double quotes is expected'],
    ['["a" "b"]', 5, 'a comma or the end of the list is expected'],
    ['["a\nb"]', 3, 'a control character in a string must be escaped'],
    ['["\\x"]', 2, 'an unknown escape in a string'],
    ['["abc', 5, 'the text ends within a string'],
    ['[] []', 3, 'nothing may follow the value'],
    ['[01]', 2, 'a comma or the end of the list is expected'],
    ['[1e]', 3, 'a digit is expected'],
    ['', 0, 'the text ends too early'],
    ['{"a":1,"\\u0061":2}', 7, 'an object names a field twice'],
  ])('names the place and the reason: %j', (text, offset, message) => {
    expect(faultOf(text)).toMatchObject({ offset, message });
  });

  test.each([
    ['depth', '['.repeat(5), 'nested deeper than 4 levels'],
    ['objects and lists', '[[],[],[],[]]', 'more than 4 objects and lists'],
    ['values', '[1,2,3,4,5,6]', 'more than 6 values'],
    ['fields', '{"a":1,"b":2,"c":3}', 'more than 2 fields in one object'],
  ])('stops at the limit of %s', (_what, text, message) => {
    expect(faultOf(text, { maxDepth: 4, maxContainers: 4, maxValues: 6, maxFields: 2 })).toMatchObject({ message });
  });
});
