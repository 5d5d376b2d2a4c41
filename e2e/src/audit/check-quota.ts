import type { Evidence, Finding } from './evidence.ts';
import { causedByOthers, isShared } from './foreign-calls.ts';

export interface QuotaUse {
  own429: number;
  foreign429: number;
  /** The fullest window, of the lane where it came nearest to its quota: `5 of 5`. */
  fullest: string;
  findings: Finding[];
}

/** Nothing over the quota in any window, and no 429 but those that another user of the key has caused (invariant 3). */
export function checkQuota(evidence: Evidence): QuotaUse {
  const { books, calls } = evidence;
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
      // With another user of the key the stand-in's windows hold that one's calls too: ours are counted as they went by the tap.
      const most = isShared(evidence, key, endpoint)
        ? mostInAnyWindow(calls, key, endpoint, windowMs)
        : mostInWindow.received;
      const share = most / quota;
      if (isSent && share > fullest.share) fullest = { share, text: `${most} of ${quota}` };
      if (most > quota) {
        const what = `${most} calls of ${key} to ${endpoint} in one window, allowed are ${quota}${crowd(calls, key, endpoint, quota, windowMs)}`;
        findings.push({ rule: 'never more calls in a window than the quota (invariant 3)', what });
      }
    }
  }
  const others = causedByOthers(evidence);
  const foreign429 = evidence.foreign429 + others.ours;
  const own429 = Math.max(0, refused - foreign429 - others.theirs);
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

/** The most of our own calls in any window, a start taken in and an end not, as the stand-in counts. */
function mostInAnyWindow(calls: Evidence['calls'], key: string, endpoint: string, windowMs: number): number {
  const times = calls
    .filter((call) => call.consumerKey === key && call.endpoint === endpoint)
    .map((call) => call.sentAt);
  let first = 0;
  let most = 0;
  for (const [index, at] of times.entries()) {
    while (at - (times[first] ?? at) >= windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
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
