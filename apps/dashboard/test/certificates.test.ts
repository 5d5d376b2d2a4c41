import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Certificate,
  createKeyPair,
  GoneSessions,
  issueCertificate,
  readPublicKeys,
  readSigningKey,
  verifyCertificate,
} from '@session-queue/core/evidence';
import { leakGuard } from '@session-queue/testing';
import { admin, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { requestView } from './harness/request-views.ts';
import { signedInVisitor } from './harness/visitor.ts';

leakGuard();

const at = '2027-01-31T08:00:00.000Z';
const { privatePem, publicPem } = createKeyPair();
const sessionId = randomUUID();

function issue(id: string): Certificate {
  const gone = new GoneSessions();
  gone.add(sessionId);
  const zeros = { duplicates: 0, absent: 0, failed: 0, cancelled: 0, parked: 0, resent: 0 };
  const facts = {
    request: { id, kind: 'deletion' as const, consumer: 'school-a' },
    state: 'completed' as const,
    times: { accepted: at, firstSent: at, lastCompleted: at, ended: at },
    counts: { ...zeros, total: 1, succeeded: 1 },
    journal: { accepted: { sequence: 1, hash: '1'.repeat(64) }, ended: { sequence: 9, hash: '9'.repeat(64) } },
    issuedAt: at,
  };
  return issueCertificate(facts, readSigningKey(privatePem), gone);
}

describe('The certificate of a deletion', () => {
  let dashboard: TestDashboard;
  const certificate = issue('odd/id?&');

  beforeAll(async () => {
    dashboard = await startDashboard();
    const { records } = dashboard;
    const counts = { total: 1, succeeded: 1 };
    records.add(
      requestView({ id: 'odd/id?&', state: 'completed', counts }),
      requestView({ id: 'not-made', state: 'completed', counts }),
      requestView({ id: 'open', counts: { total: 1, pending: 1 } }),
      requestView({ id: 'sent-again', kind: 'resubmission', state: 'completed', counts }),
    );
    records.certificates.set('odd/id?&', certificate);
  });
  afterAll(async () => await dashboard.stop());

  it('is a file that whoever may see the request gets, as valid without its leaves (decision 24)', async () => {
    expect(certificate.leaves).toBeDefined();
    for (const user of [viewer, admin]) {
      const who = await signedInVisitor(dashboard, user);
      const page = await (await who.get(`/requests?id=${encodeURIComponent('odd/id?&')}`)).text();
      const path = /href="(\/certificate\.json[^"]+)"/.exec(page)?.[1] ?? 'no link';
      const answer = await who.get(path);
      expect(answer.headers.get('content-type')).toContain('application/json');
      expect(answer.headers.get('content-disposition')).toBe('attachment; filename=certificate.json');
      const text = await answer.text();
      for (const secret of [certificate.leaves?.salt, certificate.leaves?.list]) expect(text).not.toContain(secret);
      const read: unknown = JSON.parse(text);
      const trusted = readPublicKeys([publicPem]);
      expect(verifyCertificate(read, trusted).is).toBe('genuine');
      expect(verifyCertificate(read, trusted, { sessionId }).is).not.toBe('proven-gone');
    }
  });

  it('is told of where there is none: why, for a deletion that has ended', async () => {
    const vera = await signedInVisitor(dashboard, viewer);
    const page = async (id: string) => await (await vera.get(`/requests?id=${id}`)).text();
    expect(await page('not-made')).toContain('none: the certificate is not made yet');
    for (const id of ['open', 'sent-again']) expect(await page(id)).not.toContain('Certificate');
    const answer = await vera.get('/certificate.json?id=not-made');
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('is not made yet')]);
    expect((await vera.get('/certificate.json?id=nobody')).status).toBe(404);
    expect((await vera.get('/certificate.json')).headers.get('location')).toBe('/');
  });

  it('is not for whoever is not signed in', async () => {
    const answer = await fetch(`${dashboard.url}/certificate.json?id=not-made`, { redirect: 'manual' });
    expect([401, 303]).toContain(answer.status);
  });
});
