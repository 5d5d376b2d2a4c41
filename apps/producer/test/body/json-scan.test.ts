import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonScan } from '../../src/body/json-scan.ts';
import { cutAnywhere, cutAt } from '../support/cuts.ts';

const wide = { maxDepth: 1_000, maxContainers: 1_000_000, maxValues: 1_000_000, maxFields: 1_000, maxNameBytes: 1_000 };

function faultOf(
  text: string,
  limits = wide,
  cuts: readonly number[] = [],
): { offset: number; message: string } | undefined {
  const scan = new JsonScan(limits);
  try {
    for (const piece of cutAt(Buffer.from(text), cuts)) scan.next(piece);
    scan.end();
    return undefined;
  } catch (error) {
    const { offset, message } = error as { offset: number; message: string };
    return { offset, message };
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

const damaged = fc
  .tuple(
    fc.json({ maxDepth: 3 }),
    fc.nat(),
    fc.nat(3),
    fc.constantFrom('', '"', '\\', '0', '-', 'e', '.', ',', ']', '}', ':', '\n', 't', 'tru', '\\u00e', '1e+'),
  )
  .map(([text, at, cut, put]) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + put + text.slice(start + cut);
  });

describe('the scan of a JSON text', () => {
  test('lets every JSON text through', () => {
    fc.assert(fc.property(fc.json(), (text) => faultOf(text) === undefined));
    fc.assert(fc.property(fc.jsonValue(), (value) => faultOf(JSON.stringify(value, null, 2)) === undefined));
  });

  test('finds a fault exactly where JSON.parse does, however a text is damaged', () => {
    fc.assert(
      // A field that stands twice is a fault here, and none for JSON.parse.
      fc.property(
        damaged.filter((text) => faultOf(text)?.message !== 'an object names a field twice'),
        (text) => (faultOf(text) === undefined) === isJson(text),
      ),
      { numRuns: 3_000 },
    );
  });

  test('finds the same fault at the same place, however the text is cut', () => {
    fc.assert(
      fc.property(damaged, cutAnywhere, (text, cuts) => {
        expect(faultOf(text, wide, cuts)).toEqual(faultOf(text));
      }),
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
    ['[tru]', 1, 'a value is expected'],
    ['[-]', 2, 'a digit is expected'],
    ['["\\u00', 2, 'an unknown escape in a string'],
    [`{"${'n'.repeat(1_000)}":1}`, 1_003, 'a field name of more than 1000 bytes'],
  ])('names the place and the reason, wherever the text is cut: %j', (text, offset, message) => {
    expect(faultOf(text)).toEqual({ offset, message });
    for (let cut = 0; cut <= text.length; cut += 1) expect(faultOf(text, wide, [cut])).toEqual({ offset, message });
    const everywhere = Array.from({ length: text.length }, (_, n) => n);
    expect(faultOf(text, wide, everywhere)).toEqual({ offset, message });
  });

  test.each([
    ['depth', '['.repeat(5), 'nested deeper than 4 levels'],
    ['objects and lists', '[[],[],[],[]]', 'more than 4 objects and lists'],
    ['values', '[1,2,3,4,5,6]', 'more than 6 values'],
    ['fields', '{"a":1,"b":2,"c":3}', 'more than 2 fields in one object'],
    ['the length of a name', '{"12345678":1}', 'a field name of more than 9 bytes'],
  ])('stops at the limit of %s', (_what, text, message) => {
    const limits = { maxDepth: 4, maxContainers: 4, maxValues: 6, maxFields: 2, maxNameBytes: 9 };
    expect(faultOf(text, limits)).toMatchObject({ message });
  });
});
