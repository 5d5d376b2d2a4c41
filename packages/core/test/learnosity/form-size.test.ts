import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedBodyBytes, formEncodedBytes } from '../../src/learnosity/form-size.ts';
import { builtInSigner } from '../../src/learnosity/signer.ts';

function bodyBytes(list: readonly string[]): number {
  return new URLSearchParams({ request: JSON.stringify({ data: list }) }).toString().length;
}

describe('the bytes that an item adds to the body', () => {
  test('are those of the form that is sent, for any text', () => {
    const empty = bodyBytes([]);
    const comma = 3;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (items) => {
        const added = items.reduce((sum, item) => sum + formEncodedBytes(item), 0);
        expect(empty + added - comma).toBe(bodyBytes(items));
      }),
    );
  });

  test('are those of the form for base64, by the short cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), (bytes) => {
        const item = Buffer.from(bytes).toString('base64');
        expect(formEncodedBytes(item)).toBe(bodyBytes([item]) - bodyBytes([]) + 3);
      }),
    );
  });

  test('are counted for 2 MB of base64 while a timer would hardly notice', () => {
    const submission = randomBytes(1_572_864).toString('base64');
    formEncodedBytes(submission);
    const from = performance.now();
    formEncodedBytes(submission);
    expect(performance.now() - from).toBeLessThan(50);
  });
});

describe('the fixed part of the body', () => {
  test('holds the longest credentials in the costliest characters', () => {
    const form = builtInSigner.sign({
      key: '%'.repeat(255),
      secret: 's',
      domain: '%'.repeat(255),
      action: 'delete',
      request: { data_format: 'failed_submission', data: [], ignore_response_revisions: false },
      at: new Date(),
    });
    expect(new URLSearchParams({ ...form }).toString().length).toBeLessThanOrEqual(fixedBodyBytes);
  });
});
