import { leafLine, saltLine } from '@session-queue/core/evidence';
import { certificateExample } from './certificate-example.ts';

const id = '5f0c1f0a-6f2e-4a53-9d0b-1c1f3f1a7d11';
const sessionIds = ['88336e4c-04de-4274-ae31-39957b230f98', 'a3c1d0de-55a5-4d2f-8a43-3e2b6f0c9a51'];
/** The base64 text that a learner's browser offers when saving has failed; much shorter than a real one. */
const submission = 'eyJzZXNzaW9uX2lkIjoiODgzMzZlNGMifQ==';

const counts = {
  total: 2,
  duplicates: 0,
  pending: 0,
  claimed: 0,
  submitted: 0,
  parked: 0,
  succeeded: 1,
  absent: 0,
  alreadyDeleted: 0,
  failed: 1,
  cancelled: 0,
  resent: 0,
};
const accepted = {
  id,
  kind: 'deletion',
  consumer: 'default',
  state: 'accepted',
  counts: { ...counts, pending: 2, succeeded: 0, failed: 0 },
  priority: 'normal',
  createdAt: '2027-01-31T08:00:00.000Z',
  reason: 'GDPR request 117',
  requestedBy: 'privacy-desk',
};
const request = { ...accepted, state: 'failed', counts, finishedAt: '2027-01-31T08:00:09.300Z' };

const filter = { activityIds: ['maths-2023'], completed: { to: '2024-07-31T00:00:00Z' } };
const selection = {
  id: '2b1d7a52-8f0e-4f8b-9b3d-0e5b6f1f7c21',
  consumer: 'default',
  state: 'ready',
  filter,
  count: 2,
  pages: 1,
  shown: 2,
  digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  createdAt: '2027-01-31T07:58:00.000Z',
  finishedAt: '2027-01-31T07:58:00.400Z',
  reason: 'retention',
  requestedBy: 'privacy-desk',
};

const legalHold = {
  id: '7c0f5f7e-2f0e-4f4b-8d55-5f8a3f2f9a10',
  consumer: 'default',
  on: 'sessions',
  sessions: 2,
  reason: 'case 2027-12',
  by: 'legal',
  createdAt: '2027-01-31T07:00:00.000Z',
};
const ruleBody = {
  filter: { completed: { olderThan: 'P3Y' } },
  schedule: { cron: '0 3 * * 0', timeZone: 'Europe/Berlin' },
  mode: 'delete',
  cap: 50_000,
  reason: 'retention: three years',
};
const ruleRun = {
  moment: '2027-01-31T02:00:00.000Z',
  mode: 'delete',
  state: 'deletion_requested',
  startedAt: '2027-01-31T02:00:00.120Z',
  finishedAt: '2027-01-31T02:00:14.800Z',
  selection: 'rule.three-years.1801360800000',
  count: 4_180,
  request: 'rule.three-years.1801360800000',
};
const rule = {
  name: 'three-years',
  consumer: 'default',
  ...ruleBody,
  enabled: true,
  createdAt: '2026-11-02T09:00:00.000Z',
  updatedAt: '2026-11-02T09:00:00.000Z',
  updatedBy: 'privacy-desk',
  next: '2027-02-07T02:00:00.000Z',
  lastRun: ruleRun,
};

/** One good example for each component that is a body or an answer, by its name. */
export const examples: Readonly<Record<string, unknown>> = {
  DeletionBody: { sessionIds, consumer: 'default', reason: 'GDPR request 117', requestedBy: 'privacy-desk' },
  SelectionDeletionBody: {
    selection: selection.id,
    expectDigest: selection.digest,
    expectCount: selection.count,
    reason: 'retention',
  },
  SelectionBody: { filter, reason: 'retention' },
  Selection: selection,
  SelectionsPage: { selections: [selection], next: 'WzE4MDE0MDAwMDAwMDAsImRlZmF1bHQiLCIyYjFkIl0' },
  RuleBody: ruleBody,
  Rule: rule,
  Rules: { rules: [rule] },
  RuleRun: ruleRun,
  RuleRuns: { runs: [ruleRun] },
  RulePreview: { rule, selection: { ...selection, state: 'walking' }, next: ['2027-02-07T02:00:00.000Z'] },
  RuleRemoved: { removed: true },
  ResubmissionBody: { submissions: [submission], reason: 'ticket 4711', priority: 'high' },
  ApproveBody: { reason: 'list compared with the contract' },
  LiftBody: { reason: 'case 2027-12 is closed' },
  RevokeBody: { reason: 'wrong list uploaded' },
  RetryBody: { reason: 'the sessions are unlocked now' },
  ParkedBody: { action: 'resend' },
  LegalHoldBody: { sessionIds, reason: 'case 2027-12' },
  LegalHold: legalHold,
  LegalHolds: { holds: [legalHold] },
  NoFields: {},
  StopBody: { kind: 'deletion', reason: 'the list of last night was wrong' },
  StartBody: { kind: 'deletion' },
  AcceptedRequest: accepted,
  Request: request,
  RequestsPage: { requests: [request], next: 'WzE4MDE0MDA0MDAwMDAsImRlZmF1bHQiLCI1ZjBjIl0' },
  ItemsPage: { items: [{ item: sessionIds[1], code: '20003', message: 'Invalid session ID' }] },
  CallbackEvent: { type: 'request.failed', timestamp: '2027-01-31T08:00:09.300Z', data: request },
  ProgressEnd: { why: 'finished', request },
  Certificate: certificateExample,
  Session: {
    requests: [
      {
        id,
        kind: 'deletion',
        consumer: 'default',
        state: 'processing',
        outcome: 'submitted',
        createdAt: accepted.createdAt,
      },
    ],
  },
  Consumers: { consumers: ['default', 'north'] },
  Switch: { kind: 'deletion', stopped: true, reason: 'the list of last night was wrong' },
  Readiness: { status: 'ready', version: '0.1.0' },
  Health: { status: 'ok' },
};

const newline = '\n';

/** Bodies that are no JSON, by their media types. */
export const textExamples = {
  csv: ['session_id', ...sessionIds, ''].join(newline),
  deletionLines: [...sessionIds.map((one) => JSON.stringify(one)), ''].join(newline),
  metadataLines: `${JSON.stringify({ user_id: 'learner-1', session_id: sessionIds[0], metadata: { course: 'maths' } })}\n`,
  resubmissionLines: [JSON.stringify({ submission }), ''].join(newline),
  submission,
  certificatePage: '<!doctype html>\n<title>Certificate of deletion</title>\n…',
  leaves: [saltLine(id, Buffer.alloc(32, 7)), leafLine(Buffer.alloc(32, 2)), ''].join(newline),
  events: [
    'retry: 2000',
    '',
    'event: progress',
    'id: 1',
    `data: ${JSON.stringify(request)}`,
    '',
    'event: end',
    'id: 2',
    `data: ${JSON.stringify({ why: 'finished', request })}`,
    '',
    '',
  ].join(newline),
} as const;
