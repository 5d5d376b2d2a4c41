import type { Evidence, Finding } from './evidence.ts';

export interface QuotaUse {
  own429: number;
  foreign429: number;
  /** The fullest window, of the lane where it came nearest to its quota: `5 of 5`. */
  fullest: string;
  findings: Finding[];
}

/** Nothing over the quota in any window, and no 429 but those that another user of the key has caused (invariant 3). */
export function checkQuota({ books, foreign429, calls }: Evidence): QuotaUse {
  const findings: Finding[] = [];
  let refused = 0;
  let fullest = { share: -1, text: '-' };
  for (const [key, endpoints] of Object.entries(books.consumers)) {
    for (const [endpoint, { quota, windowMs, mostInWindow, refused429, misrouted }] of Object.entries(endpoints)) {
      refused += refused429;
      if (misrouted > 0)
        findings.push({
          rule: 'calls are what they say',
          what: `${misrouted} calls of ${key} to ${endpoint} were misrouted`,
        });
      if (quota === null) continue;
      const isSent = endpoint === 'deletion' || endpoint === 'resubmission';
      const share = mostInWindow.received / quota;
      if (isSent && share > fullest.share) fullest = { share, text: `${mostInWindow.received} of ${quota}` };
      // With another user of the key the window holds that one's calls too.
      if (mostInWindow.received > quota && foreign429 === 0) {
        const what = `${mostInWindow.received} calls of ${key} to ${endpoint} in one window, allowed are ${quota}${crowd(calls, key, endpoint, quota, windowMs)}`;
        findings.push({ rule: 'never more calls in a window than the quota (invariant 3)', what });
      }
    }
  }
  const own429 = Math.max(0, refused - foreign429);
  if (own429 > 0)
    findings.push({
      rule: '429s: 0, but those that another user of the key caused',
      what: `${own429} calls were answered 429`,
    });
  const strange = Object.entries(books.strays.refused);
  if (strange.length > 0) {
    const what = `Learnosity could make nothing of some calls: ${strange.map(([code, n]) => `${n} x ${code}`).join(', ')}`;
    findings.push({ rule: 'calls are what they say', what });
  }
  return { own429, foreign429, fullest: fullest.text, findings };
}

/** Who made the calls of the first window that holds too many, as they went by the tap. */
function crowd(calls: Evidence['calls'], key: string, endpoint: string, quota: number, windowMs: number): string {
  const own = calls.filter((call) => call.consumerKey === key && call.endpoint === endpoint);
  const first = own.findIndex(
    ({ sentAt }, i) => (own[i + quota]?.sentAt ?? Number.POSITIVE_INFINITY) - sentAt <= windowMs,
  );
  const crowded = first < 0 ? [] : own.slice(first, first + quota + 1);
  const from = crowded[0]?.sentAt ?? 0;
  const told = crowded.map(({ who, sentAt }) => `${who} +${sentAt - from} ms`).join(', ');
  return told === '' ? '' : `: at ${new Date(from).toISOString()} ${told}`;
}
