import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BadLines } from '../../src/streams/bad-lines.ts';
import { MultipartBody } from '../../src/streams/multipart.ts';
import { cutAnywhere, cutAt } from '../support/cuts.ts';
import { collect, piecesOf } from '../support/pieces.ts';

const type = 'multipart/form-data; boundary=----x';

function part(disposition: string, text: string): string {
  return `------x\r\n${disposition}\r\n\r\n${text}\r\n`;
}
const field = (name: string, value: string) => part(`Content-Disposition: form-data; name="${name}"`, value);
const file = (text: string) =>
  part('Content-Disposition: form-data; name="file"; filename="Ann Example.txt"\r\nContent-Type: text/plain', text);
const end = '------x--\r\n';

async function read(text: string, places: readonly number[] = [], contentType = type) {
  const bad = new BadLines('file');
  const form = new MultipartBody(piecesOf(cutAt(Buffer.from(text), places)), contentType, bad);
  const fields = await form.fields();
  return { fields, items: await collect(form.items()), bad: bad.named };
}

describe('a form', () => {
  test('holds notes and then files, wherever it is cut', async () => {
    const text = `preamble\r\n${field('reason', 'wifi \u20ac')}${field('priority', 'high')}${file('AAAA\r\n')}${file(
      '\ufeff\r\n BBBB',
    )}${file('CCCC'.repeat(50))}${end}`;
    await fc.assert(
      fc.asyncProperty(cutAnywhere, async (places) => {
        expect(await read(text, places)).toEqual({
          fields: { reason: 'wifi \u20ac', priority: 'high' },
          items: ['AAAA', 'BBBB', 'CCCC'.repeat(50)],
          bad: [],
        });
      }),
      { numRuns: 50 },
    );
  });

  test('as fetch makes it is read', async () => {
    const form = new FormData();
    form.append('requestedBy', 'desk');
    for (const text of ['AAAA', 'BBBB']) form.append('file', new Blob([text]), 'x');
    const response = new Response(form);
    const text = await response.clone().text();
    const read1 = await read(text, [], response.headers.get('content-type') ?? '');
    expect(read1).toEqual({ fields: { requestedBy: 'desk' }, items: ['AAAA', 'BBBB'], bad: [] });
  });

  test('may hold many files, more than come at once', async () => {
    const files = Array.from({ length: 3_000 }, (_, n) => Buffer.from(`submission ${n}`).toString('base64'));
    const text = `${files.map(file).join('')}${end}`;
    const places = Array.from({ length: 20 }, (_, n) => n * 20_000);
    expect((await read(text, places)).items).toEqual(files);
  });

  test('may hold nothing', async () => {
    expect(await read(end)).toEqual({ fields: {}, items: [], bad: [] });
    expect(await read(field('reason', 'x') + end)).toEqual({ fields: { reason: 'x' }, items: [], bad: [] });
  });

  test('has bad files, by number, and leaves out no part without a word', async () => {
    const odd = ['X-Odd: 1', 'Content-Disposition: attachment; filename="x"', 'Content-Disposition: form-data'];
    const text = `${file('AAAA')}${file('')}${file('secret!')}${odd.map((one) => part(one, 'BBBB')).join('')}${file(
      'CCCC'.repeat(600_000),
    )}${file('DDDD')}${end}`;
    const unnamed = 'must have Content-Disposition: form-data with a name';
    expect(await read(text)).toEqual({
      fields: {},
      items: ['AAAA', 'DDDD'],
      bad: [
        { line: 2, reason: 'must not be empty' },
        { line: 3, reason: 'must be base64 (RFC 4648, padded)' },
        ...[4, 5, 6].map((line) => ({ line, reason: unnamed })),
        { line: 7, reason: 'must be at most 2 MB (2,097,152 bytes) as sent' },
      ],
    });
  });

  test.each([
    ['that is cut off', file('AAAA'), type, 'ends before its closing boundary'],
    ['that is cut off within a file', file('AAAA').slice(0, -4), type, 'ends before its closing boundary'],
    ['that is none', 'AAAA', type, 'ends before its closing boundary'],
    ['without a boundary', end, 'multipart/form-data', 'must come with a boundary in its Content-Type'],
    ['with a field behind a file', file('AAAA') + field('reason', 'x') + end, type, 'the fields go first'],
    ['with a field twice', field('reason', 'x') + field('reason', 'x') + end, type, 'holds a field twice'],
  ])('%s is refused', async (_what, text, contentType, message) => {
    await expect(read(text, [], contentType)).rejects.toMatchObject({
      kind: 'invalid-request',
      message: expect.stringContaining(message),
    });
  });
});
