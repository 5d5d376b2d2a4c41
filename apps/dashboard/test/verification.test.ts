import { describe, expect, it } from '@jest/globals';
import { problemsOf } from '../src/overview/problems.ts';
import { verificationCard } from '../src/overview/verification-card.ts';
import { now, overview, verification } from './harness/lanes.ts';

const hourMs = 3_600_000;
const problems = (...verifications: ReturnType<typeof verification>[]) => problemsOf(overview({ verifications }));

describe('The verification of deletions, on the overview', () => {
  it('is not told of where nothing was deleted', () => {
    expect(verificationCard(overview())).toBeUndefined();
  });

  it('has each consumer with what its sessions came to, those first of which some are shown again', () => {
    const card = verificationCard(
      overview({
        verifications: [
          verification({ consumer: 'calm', verified: 1_200, unasked: 2, unseen: 30 }),
          verification({ consumer: 'late', waiting: 7, dueAt: now - 2 * hourMs }),
          verification({ consumer: 'busy', waiting: 5, dueAt: now + 5_000 }),
          verification({ consumer: 'list', unseen: 40 }),
          verification({ consumer: 'back', verified: 9, stillThere: 1, reappeared: 2 }),
        ],
      }),
    );
    const rows = [...(card?.text.matchAll(/<tr>\s*<th scope="row">(.*?)<\/tr>/gs) ?? [])].map(([, row = '']) =>
      row
        .replaceAll(/<[^>]+>/g, ' ')
        .split(/\s+/)
        .filter((word) => word !== '')
        .join(' '),
    );
    expect(rows).toEqual([
      'back shown again 0 – 9 0 1 2',
      'late overdue 7 2 hours 0 0 0 0',
      'busy waiting 5 – 0 0 0 0',
      'calm verified 0 – 1,200 32 0 0',
      'list none seen before 0 – 0 40 0 0',
    ]);
  });

  it('is a problem where Learnosity shows what was deleted, for a week', () => {
    const found = problems(
      verification({ consumer: 'there', stillThere: 3, stillThereAt: now - hourMs }),
      verification({ consumer: 'back', reappeared: 1, reappearedAt: now - 2 * hourMs }),
      verification({ consumer: 'long-ago', stillThere: 3, stillThereAt: now - 8 * 24 * hourMs, reappeared: 1 }),
    );
    expect(found.map(({ tone, title }) => `${tone}: ${title}`)).toEqual([
      'bad: Learnosity still shows deleted sessions of there',
      'bad: Deleted sessions of back are back',
    ]);
    expect(found[0]?.detail).toContain('found 1 hour ago, 3 sessions so far');
    expect(found[1]?.detail).toContain('1 session so far');
  });

  it('is a problem once it is an hour late, and not before', () => {
    const late = (ms: number) => problems(verification({ waiting: 12, dueAt: now - ms })).map(({ title }) => title);
    expect(late(hourMs - 1)).toEqual([]);
    expect(late(3 * hourMs)).toEqual(['Verification of deletions of school-a is 3 hours late']);
  });
});
