import { bullPrefix } from '@session-queue/core';
import type { Evidence, Finding, LeftKey } from './evidence.ts';
import { isForgotten } from './forgotten.ts';

const rule = 'nothing is left open, and every key goes when its time has come';
const prefix = 'session-queue';
const ofConsumer = new RegExp(`^${prefix}:\\{[^}]+\\}:(.*)$`);
/** Ids of jobs are whatever somebody has written into Redis: line breaks too. */
const ofBull = new RegExp(`^\\${bullPrefix(prefix)}:(deletion|resubmission)\\.(requests|batches):(.*)$`, 's');

const rotations = ['rotation', 'rotation:ignoring'].flatMap((part) =>
  ['', ':high', ':low'].map((end) => `${part}${end}`),
);

/** What holds open work: empty, and so not there, once everything is at its end. */
const openParts = [
  'leases',
  'due',
  'lost',
  'finish',
  'receiving',
  'walks',
  'unseen',
  'verifications',
  ...['deletion', 'resubmission'].flatMap((kind) => [...rotations, 'ready', 'halves'].map((part) => `${kind}:${part}`)),
];
const openBullParts = ['wait', 'active', 'paused', 'prioritized', 'waiting-children'];
/**
 * What stays for good, as long as there is such a consumer; the index of sessions, as long as there is a request that it knows; samples
 * of what was verified, until they are asked for weeks later; what was deleted, the journal, and up to where parts of
 * records were swept.
 */
const lasting =
  /^(slots:[a-z]+|quota|requests|selections|figures(:today)?|sessions(:requests)?(:\d+)?|(deletion|resubmission):lane|guards|deletion:claimed|verification|samples|tombstones(:\d+)?|evidence(:outbox)?|journal|parts)$/;
const lastingOfAll = new RegExp(
  `^\\{${prefix}\\}:(consumers|announcements|workers|worker-settings|counted-since|busy|stopped|audit|evidence|request\\.callbacks:meta|retention\\.rules:.*)$`,
);

/** Requests with parked items wait for a person: they, and what belongs to them, stay open. */
export function checkLeftovers(evidence: Evidence): Finding[] {
  const { keys, requests } = evidence;
  const parked = [...requests.values()].filter(({ view }) => view.counts.parked > 0).map(({ view }) => view.id);
  const belongsToParked = (key: string) =>
    parked.some((id) => key.includes(`request:${id}`) || key.endsWith(`index:${id}`));
  const findings: Finding[] = [];
  const object = (what: string) => findings.push({ rule, what });
  const parkedOf = (consumer: string) =>
    [...requests.values()].filter(({ view }) => view.counts.parked > 0 && view.consumer === consumer).length;

  for (const { key, entries } of keys) {
    const part = ofConsumer.exec(key)?.[1];
    const bull = ofBull.exec(key);
    // What a service gave up uploading goes when it has lain still for long enough.
    const abandoned = part === 'receiving' ? notPromised(requests) : 0;
    if (part !== undefined && openParts.includes(part) && entries > abandoned) object(`${key} still holds ${entries}`);
    if (part === 'open' || part?.endsWith(':opened')) {
      const consumer = /\{([^}]+)\}/.exec(key)?.[1] ?? '';
      if (entries > parkedOf(consumer))
        object(`${key} holds ${entries} requests, ${parkedOf(consumer)} of them parked`);
    }
    const bullPart = bull?.[3] ?? '';
    if (entries > 0 && openBullParts.includes(bullPart)) object(`${key} still holds ${entries} jobs`);
    if (bullPart === 'delayed') {
      const late = lateMirrors(evidence, bull?.[1] ?? '');
      const ofRequests = parked.length + (evidence.forgotten.length > 0 ? late : 0);
      const allowed = bull?.[2] === 'requests' ? ofRequests : late;
      if (entries > allowed) object(`${key} still holds ${entries} jobs`);
    }
  }
  const forever = keys.filter((left) => staysForever(left) && !belongsToParked(left.key));
  const examples = forever.slice(0, 5).map(({ key }) => key);
  if (forever.length > 0) object(`${forever.length} keys never go: ${examples.join(', ')}`);
  return findings;
}

/**
 * A worker that died or slept may add a batch's mirror late; and those that know more than a Redis that has forgotten add mirrors, or take
 * them for finished, for every call of that time. Such a job looks for itself, within 15 minutes or an hour, and ends.
 */
function lateMirrors({ faults, processes, calls, forgotten }: Evidence, kind: string): number {
  const unknown = calls.filter(({ endpoint, sentAt }) => endpoint === kind && isForgotten({ forgotten }, sentAt));
  return faults.length * processes.length + unknown.length;
}

function notPromised(requests: Evidence['requests']): number {
  return [...requests.values()].filter(({ view }) => view.state === 'receiving').length;
}

function staysForever({ key, ttlMs }: LeftKey): boolean {
  if (ttlMs !== -1 || lastingOfAll.test(key) || ofBull.test(key)) return false;
  const part = ofConsumer.exec(key)?.[1];
  if (part === undefined) return true;
  return !lasting.test(part) && part !== 'open' && !part.endsWith(':opened') && !openParts.includes(part);
}
