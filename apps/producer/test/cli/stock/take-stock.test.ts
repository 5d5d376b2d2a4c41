import { describe, expect, test } from '@jest/globals';
import { formEncodedBytes, itemFault, type Kind, maxBodyBytes } from '@session-queue/core';
import fc from 'fast-check';
import type { Source } from '../../../src/cli/input/source.ts';
import { secondsAtQuota } from '../../../src/cli/stock/call-plan.ts';
import { goodItems, takeStock } from '../../../src/cli/stock/take-stock.ts';
import { collect } from '../../support/pieces.ts';

const never = new AbortController().signal;

/** A list of one item a line. */
function sourceOf(name: string, texts: readonly string[], kind: Kind = 'deletion'): Source {
  return {
    name,
    items: async function* (bad) {
      const good = texts.map((text, index) => {
        const fault = itemFault(kind, text);
        if (fault !== undefined) bad.add(index + 1, fault);
        return fault === undefined ? [text] : [];
      });
      yield good.flat();
    },
  };
}

describe('the stock of what is to be sent', () => {
  test('counts as a set would, over all sources, and gives the same items again', async () => {
    const texts = fc.array(fc.oneof(fc.constantFrom('a', 'b', ''), fc.uuid()), { maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(texts, texts, async (one, two) => {
        const sources = [one, two].map((some, n) => sourceOf(`file ${n}`, some));
        const stock = await takeStock('deletion', sources, never);
        const good = [...one, ...two].filter((text) => text !== '');
        const distinct = new Set(good).size;
        expect(stock).toMatchObject({ items: good.length, distinct, bad: one.length + two.length - good.length });
        expect(stock.calls).toBe(Math.ceil(distinct / 50));
        expect(await collect(goodItems(sources, stock))).toEqual(good);
      }),
    );
  });

  test('names the first twenty bad lines by where they are and why, and never by what they hold', async () => {
    const texts = Array.from({ length: 25 }, () => `secret-${'x'.repeat(255)}`);
    const { bad, named } = await takeStock('deletion', [sourceOf('ids.csv', texts)], never);
    expect([bad, named.length]).toEqual([25, 20]);
    expect(named[19]).toBe('ids.csv, line 20: must be at most 255 characters');
    expect(named.join()).not.toContain('secret');
  });

  test('tells other items, another order and another number apart, so that nothing unchecked is sent', async () => {
    const first = sourceOf('f', ['a', 'b']);
    const stock = await takeStock('deletion', [first], never);
    for (const texts of [['b', 'a'], ['a'], ['a', 'b', 'c'], ['ab', '']]) {
      const changed = sourceOf('f', texts);
      await expect(collect(goodItems([changed], stock))).rejects.toThrow('has changed while it was read');
    }
  });

  test('fills calls with submissions up to fifty, or up to 4 MB of body', async () => {
    const small = Array.from({ length: 101 }, (_, n) => Buffer.from(`s${n}`).toString('base64'));
    expect((await takeStock('resubmission', [sourceOf('f', small, 'resubmission')], never)).calls).toBe(3);
    const text = (n: number) => Buffer.alloc(1_200_000, n + 1).toString('base64');
    const large = Array.from({ length: 5 }, (_, n) => text(n));
    expect(Math.floor(maxBodyBytes / formEncodedBytes(text(0)))).toBe(2);
    expect((await takeStock('resubmission', [sourceOf('f', large, 'resubmission')], never)).calls).toBe(3);
  });

  test('takes the time of the quota: what fits into a window goes at once', () => {
    expect([0, 1, 5, 6, 11].map((calls) => secondsAtQuota('deletion', calls))).toEqual([0, 0, 0, 5, 10]);
    expect([50, 51, 101].map((calls) => secondsAtQuota('resubmission', calls))).toEqual([0, 5, 10]);
  });
});
