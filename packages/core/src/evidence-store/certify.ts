import { type Certificate, type CertificateFacts, failureCodeSchema } from '../evidence/certificate/certificate.ts';
import { GoneSessions } from '../evidence/certificate/gone-sessions.ts';
import { issueCertificate } from '../evidence/certificate/issue-certificate.ts';
import { EvidenceError } from '../evidence/evidence-error.ts';
import type { Head } from '../evidence/journal/chain.ts';
import type { SigningKey } from '../evidence/keys.ts';
import { type CodeCount, readCodeCounts } from '../figures/request-figures.ts';
import { type ConsumerKeys, requestKey } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import { redisNow } from '../redis/redis-now.ts';
import { finalStates, type RequestView } from '../requests/request.ts';
import { viewOf } from '../requests/view.ts';
import { notEvidenced, readLeaves } from './read-certificate.ts';
import { readSalts } from './salted-leaves.ts';

const storeScript = consumerScript(new URL('./scripts/store-certificate.lua', import.meta.url));

/** Requests whose certificates are to be made, the oldest first. */
export async function dueCertificates(keys: ConsumerKeys, most: number): Promise<string[]> {
  return await keys.redis.zrange(`${keys.base}evidence:certificates`, '0', String(most - 1));
}

/**
 * Makes the certificate of a request that has ended, and stores it beside it; where there can be none, the reason. `onStep` is called between
 * pieces of work: 5,000,000 sessions take about a minute. Answers with the reason.
 */
export async function certify(
  keys: ConsumerKeys,
  id: string,
  key: SigningKey,
  onStep: () => Promise<void>,
): Promise<string | undefined> {
  const record = await keys.redis.hgetall(requestKey(keys, id));
  const { finishedAt = '', endedRecord = '', verifiedRecord = '' } = record;
  const standing = [id, finishedAt, endedRecord, verifiedRecord];
  const view = viewOf(keys, id, record);
  let certificate = '';
  let reason = '';
  if (view !== undefined && finalStates.has(view.state) && endedRecord !== '') {
    try {
      certificate = JSON.stringify(await issue(keys, view, record, { key, onStep }));
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      reason = error.message;
    }
  }
  await storeScript.run(keys.redis, [keys.base], [...standing, certificate, reason]);
  return reason === '' ? undefined : reason;
}

async function issue(
  keys: ConsumerKeys,
  view: RequestView,
  record: Record<string, string>,
  { key, onStep }: { key: SigningKey; onStep: () => Promise<void> },
): Promise<Certificate> {
  const [salt] = await readSalts(keys, [view.id]);
  if (salt === undefined) throw new EvidenceError('bad_record', notEvidenced);
  const gone = new GoneSessions(salt);
  let count = 0;
  for await (const leaves of readLeaves(keys, view.id)) {
    for (const leaf of leaves) gone.addLeaf(leaf);
    count += leaves.length;
    await onStep();
  }
  if (count !== view.counts.succeeded) throw new EvidenceError('bad_record', settledWithoutLeaves);
  const failures = failuresOf(await readCodeCounts(keys, view.id));
  return issueCertificate({ ...factsOf(view, record, await redisNow(keys.redis)), ...failures }, key, gone);
}

/** A code that Learnosity has made up is no reason to have no certificate. */
function failuresOf(codes: readonly CodeCount[]): Pick<CertificateFacts, 'failures'> {
  const failures = new Map<string, number>();
  for (const { list, code, items } of codes) {
    if (list !== 'failed') continue;
    const told = failures.size < 99 && failureCodeSchema.safeParse(code).success ? code : 'other';
    failures.set(told, (failures.get(told) ?? 0) + items);
  }
  return failures.size === 0 ? {} : { failures: [...failures].map(([code, sessions]) => ({ code, sessions })) };
}

function factsOf(view: RequestView, record: Record<string, string>, now: number): CertificateFacts {
  const { requestedBy, keyName, reason, selection, selectionDigest, approvedBy } = record;
  const { firstSentAt, lastCompletedAt, verification } = record;
  const { total, duplicates, succeeded, absent, alreadyDeleted, failed, cancelled, parked, resent } = view.counts;
  const before = alreadyDeleted > 0 ? { alreadyDeleted } : {};
  const [verifiedAt, checked, present] = (verification ?? '').split(' ').map(Number);
  return {
    request: {
      id: view.id,
      kind: view.kind,
      consumer: view.consumer,
      ...(requestedBy !== undefined && { requestedBy }),
      ...(keyName !== undefined && { keyName }),
      ...(reason !== undefined && { reason }),
      ...(selection !== undefined && { selection }),
      ...(selectionDigest !== undefined && { selectionDigest }),
      ...(approvedBy !== undefined && { approvedBy: [approvedBy] }),
      ...(view.approvedAt !== undefined && { approvedAt: view.approvedAt }),
      ...(view.approvalReason !== undefined && { approvalReason: view.approvalReason }),
      ...(view.revoked !== undefined && { revoked: view.revoked }),
    },
    state: view.state as CertificateFacts['state'],
    times: {
      accepted: view.createdAt,
      ...(firstSentAt !== undefined && { firstSent: isoOf(firstSentAt) }),
      ...(lastCompletedAt !== undefined && { lastCompleted: isoOf(lastCompletedAt) }),
      ended: view.finishedAt ?? '',
      ...(view.deadline !== undefined && { deadline: view.deadline }),
    },
    counts: { total, duplicates, succeeded, absent, ...before, failed, cancelled, parked, resent },
    ...(verification !== undefined && {
      verification: { at: isoOf(verifiedAt ?? 0), checked: checked ?? 0, present: present ?? 0 },
    }),
    journal: { accepted: headIn(record.acceptedRecord), ended: headIn(record.endedRecord) },
    issuedAt: isoOf(now),
  };
}

const settledWithoutLeaves =
  'some sessions of this request were settled by a worker of a version without evidence: no certificate can be made';
function headIn(text = ''): Head {
  const [sequence, hash = ''] = text.split(' ');
  return { sequence: Number(sequence), hash };
}

function isoOf(ms: string | number): string {
  return new Date(Number(ms)).toISOString();
}
