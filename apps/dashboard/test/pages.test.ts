import { describe, expect, it } from '@jest/globals';
import { countsBar } from '../src/pages/counts-bar.ts';
import { html } from '../src/pages/html.ts';
import { count, counted, duration, percent, utc } from '../src/pages/wording.ts';
import { requestView } from './harness/request-views.ts';

describe('HTML', () => {
  it('is escaped wherever it is put in, but for what is HTML already', () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    expect(html`<p title="${evil}">${[evil, html`<b>${evil}</b>`]}</p>`.text).toBe(
      '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">' +
        '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;' +
        '<b>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</b></p>',
    );
  });

  it('leaves out what is undefined, and keeps zero', () => {
    expect(html`${undefined}${0}${[1, undefined, 2]}`.text).toBe('012');
  });
});

describe('Words', () => {
  it('count in thousands and by one', () => {
    expect([count(1_234_567), counted(1, 'item'), counted(2_000, 'item'), counted(0, 'item')]).toEqual([
      '1,234,567',
      '1 item',
      '2,000 items',
      '0 items',
    ]);
  });

  it('never call a part all of it, nor nothing', () => {
    expect([percent(999, 1_000), percent(1_000, 1_000), percent(1, 1_000), percent(0, 1_000), percent(0, 0)]).toEqual([
      '99 %',
      '100 %',
      'under 1 %',
      '0 %',
      '0 %',
    ]);
  });

  it('tell times in their greatest unit, and in UTC', () => {
    expect([500, 1_000, 59_999, 3_600_000, 172_800_000].map(duration)).toEqual([
      'under a second',
      '1 second',
      '59 seconds',
      '1 hour',
      '2 days',
    ]);
    expect(utc('2026-03-01T09:00:05.123Z')).toBe('2026-03-01 09:00:05 UTC');
  });
});

describe('The bar of a request', () => {
  it('is as long as its parts together, whatever they are', () => {
    const counts = { total: 7, succeeded: 1, failed: 1, cancelled: 1, parked: 1, submitted: 1, claimed: 1, pending: 1 };
    const bar = countsBar(requestView({ id: 'r', counts }).counts).text;
    const rects = [...bar.matchAll(/x="([\d.]+)" y="0" width="([\d.]+)"/g)].map(([, x, width]) => [
      Number(x),
      Number(width),
    ]);
    expect(rects).toHaveLength(7);
    const [x = 0, width = 0] = rects.at(-1) ?? [];
    expect(x + width).toBeCloseTo(1_000, 0);
  });

  it('of nothing is empty', () => {
    expect(countsBar(requestView({ id: 'r' }).counts).text).toContain('aria-label="No items"></svg>');
  });
});
