import { createHash } from 'node:crypto';
import { meaningOf } from '@session-queue/core';
import type { Certificate } from '@session-queue/core/evidence';
import { certificateStyle } from './certificate-style.ts';
import { escapedHtml } from './escaped-html.ts';

const styleHash = createHash('sha256').update(certificateStyle).digest('base64');

/** The style of the page, and nothing else. */
export const certificatePolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const logo =
  '<svg width="40" height="40" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#3d5afe"/>' +
  '<rect x="7" y="8" width="18" height="4" rx="2" fill="#fff"/><rect x="7" y="14" width="13" height="4" rx="2" fill="#fff" opacity=".8"/>' +
  '<rect x="7" y="20" width="8" height="4" rx="2" fill="#fff" opacity=".55"/></svg>';

type Row = readonly [label: string, value: string | number | undefined, kind?: 'code'];

/** A certificate to be read and printed: the same facts as in its JSON, and no leaves. It proves nothing by itself: the JSON does. */
export function certificatePage(certificate: Certificate): string {
  const { request, times, counts, journal } = certificate;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Certificate of deletion ${escapedHtml(request.id)}</title>
<style>${certificateStyle}</style>
</head>
<body>
<main>
<header>${logo}<div><h1>Certificate of deletion</h1><p>Session Queue, issued ${timeOf(certificate.issuedAt)}</p></div></header>
${summaryOf(certificate)}
${table('What was asked', [
  ['Request', request.id, 'code'],
  ['Consumer', request.consumer],
  ['Asked by', request.requestedBy],
  ['Key', request.keyName],
  ['Reason', request.reason],
  ['Selection', request.selection, 'code'],
  ['Digest of the selection, as confirmed', request.selectionDigest, 'code'],
  ['Approved by', approvalIn(request)],
  ['Revoked', request.revoked && revokedIn(request.revoked)],
  [
    'Sessions',
    numberOf(counts.total) + (counts.duplicates > 0 ? `, and ${numberOf(counts.duplicates)} given more than once` : ''),
  ],
])}
${table('When', [
  ['Accepted', timeOf(times.accepted)],
  ['First sent', times.firstSent && timeOf(times.firstSent)],
  ['Last completed', times.lastCompleted && timeOf(times.lastCompleted)],
  ['Ended', timeOf(times.ended)],
  ['Due by', times.deadline && timeOf(times.deadline)],
])}
${table('What became of the sessions', [
  ['Gone', numberOf(counts.succeeded)],
  ['Of these already absent', counts.absent > 0 ? numberOf(counts.absent) : undefined],
  [
    'Of these deleted before, by another request',
    counts.alreadyDeleted === undefined ? undefined : numberOf(counts.alreadyDeleted),
  ],
  ['Failed', numberOf(counts.failed)],
  ...(certificate.failures ?? []).map(
    ({ code, sessions }): Row => [`Of these ${escapedHtml(code)}`, `${numberOf(sessions)}: ${meaningOf(code).meaning}`],
  ),
  ['Cancelled', numberOf(counts.cancelled)],
  ['Sent again', counts.resent > 0 ? `${numberOf(counts.resent)}, since the outcome of a call was unknown` : undefined],
])}
${table('How it was verified', verificationOf(certificate))}
${table('By what it can be checked', [
  ['Journal, acceptance', `record ${journal.accepted.sequence}, ${journal.accepted.hash}`, 'code'],
  ['Journal, end', `record ${journal.ended.sequence}, ${journal.ended.hash}`, 'code'],
  ['Root of the sessions', certificate.gone?.root, 'code'],
  ['Signed by key', certificate.keyId, 'code'],
  ['Signature', certificate.signature, 'code'],
])}
<footer>This page is for reading. What can be checked is its JSON: <code>session-queue verify-certificate FILE --public-key FILE</code> does it
offline, and with <code>--session ID</code> says whether one session is among those that are gone.</footer>
</main>
</body>
</html>
`;
}

/** What Learnosity reported is told apart from what was deleted before, and from what was never sent. */
function summaryOf({ request, times, counts: { total, succeeded, alreadyDeleted = 0 } }: Certificate): string {
  const reported = succeeded - alreadyDeleted;
  const said = (text: string) => `<b${succeeded === total ? '' : ' class="part"'}>${text}</b>`;
  if (request.revoked !== undefined) {
    return sentence(`This request was revoked before anything was sent: ${said('no session')} was deleted by it.`);
  }
  const before = 'deleted before, by another request';
  if (reported === 0 && alreadyDeleted > 0) {
    const sent = times.firstSent === undefined ? ': nothing was sent to Learnosity' : '';
    return sentence(`${said(shareOf(alreadyDeleted, total))} of this request had been ${before}${sent}.`);
  }
  if (times.firstSent === undefined) {
    return sentence(`Nothing was sent to Learnosity: ${said('no session')} of this request was deleted by it.`);
  }
  const more = alreadyDeleted === 0 ? '' : `; ${numberOf(alreadyDeleted)} more had been ${before}`;
  return sentence(`Learnosity reports ${said(shareOf(reported, total))} of this request as deleted${more}.`);
}

function shareOf(count: number, total: number): string {
  return count === total ? `all ${numberOf(total)} sessions` : `${numberOf(count)} of ${numberOf(total)} sessions`;
}

function sentence(html: string): string {
  return `<p class="sum">${html}</p>`;
}

function revokedIn({ at, by, reason }: NonNullable<Certificate['request']['revoked']>): string {
  return `${timeOf(at)}${by === undefined ? '' : ` by ${by}`}, before anything was sent: ${reason}`;
}

function approvalIn({ approvedBy, approvedAt, approvalReason }: Certificate['request']): string | undefined {
  if (approvedBy === undefined) return undefined;
  const when = approvedAt === undefined ? '' : `, ${timeOf(approvedAt)}`;
  return `${approvedBy.join(', ')}${when}${approvalReason === undefined ? '' : `: ${approvalReason}`}`;
}

function verificationOf({ verification: found, counts }: Certificate): Row[] {
  if (found === undefined && counts.succeeded === (counts.alreadyDeleted ?? 0)) {
    return [['Verification', 'There was nothing to ask for: Learnosity reported no deletion of this request']];
  }
  if (found === undefined) return [['Verification', 'Learnosity was not asked again after its report']];
  const unasked = counts.succeeded - (counts.alreadyDeleted ?? 0) - found.checked;
  return [
    ['Asked again', timeOf(found.at)],
    ['Verified', `${numberOf(found.checked - found.present)}: seen before, and not shown any more`],
    ['Still there', numberOf(found.present)],
    [
      'Unverifiable',
      unasked > 0 ? `${numberOf(unasked)}: nobody saw them before, or Learnosity could not be asked` : undefined,
    ],
  ];
}

function table(title: string, rows: readonly Row[]): string {
  const lines = rows.flatMap(([label, value, kind]) => {
    if (value === undefined) return [];
    const text = escapedHtml(String(value));
    return [`<tr><th scope="row">${label}</th><td>${kind === 'code' ? `<code>${text}</code>` : text}</td></tr>`];
  });
  return `<h2>${title}</h2>\n<table>\n${lines.join('\n')}\n</table>`;
}

function numberOf(count: number): string {
  return count.toLocaleString('en');
}

/** To the second, UTC. */
function timeOf(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
