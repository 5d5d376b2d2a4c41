import { describe, expect, it } from '@jest/globals';
import { ProgressBars, progressLine } from '../../demo/progress.mjs';
import { duration } from '../../terminal/step.mjs';

describe('progress', () => {
  it('is a bar with the share and the numbers', () => {
    expect(progressLine({ name: 'Deletions', done: 980, total: 1_960 })).toBe(
      `Deletions      ${'█'.repeat(15)}${'░'.repeat(15)}  50 %  980 / 1,960`,
    );
    expect(progressLine({ name: 'Deletions', done: 0, total: 0 })).toContain('100 %');
  });

  it('never claims to be done before it is', () => {
    expect(progressLine({ name: 'Deletions', done: 1_959, total: 1_960 })).toContain('99 %');
    expect(progressLine({ name: 'Deletions', done: 1_959, total: 1_960 })).toContain('░');
  });

  it('moves in place on a terminal', () => {
    let written = '';
    const bars = new ProgressBars({ isTTY: true, write: (text) => (written += text) });
    bars.show([{ name: 'Deletions', done: 1, total: 2 }]);
    expect(written).not.toContain('\u001b[2A');
    bars.show([{ name: 'Deletions', done: 2, total: 2 }]);
    expect(written).toContain('\u001b[2A');
    expect(written).toContain('100 %');
  });

  it('is a line now and then elsewhere, and the last state in any case', () => {
    /** @type {string[]} */
    const lines = [];
    const bars = new ProgressBars({ write: (text) => lines.push(text) }, { everyMs: 60_000 });
    for (const done of [0, 1, 2]) bars.show([{ name: 'Deletions', done, total: 2 }]);
    bars.finish([{ name: 'Deletions', done: 2, total: 2 }]);
    expect(lines.map((line) => line.trim().replace(/^[\d.]+ s +/, ''))).toEqual(['Deletions 0/2', 'Deletions 2/2']);
  });

  it('gives durations as people read them', () => {
    expect(duration(1_234)).toBe('1.2 s');
    expect(duration(125_000)).toBe('2 min 5 s');
    expect(duration(119_700)).toBe('2 min 0 s');
  });
});
