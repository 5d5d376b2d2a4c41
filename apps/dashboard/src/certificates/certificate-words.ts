import { Refusal, type RequestView, type SessionQueue } from '@session-queue/core';
import { type Html, html } from '../pages/html.ts';
import { certificatePath } from './certificate-path.ts';

/** What there is to say of the certificate of a deletion that has ended: it is there, or why it is not. */
export type CertificateState = 'there' | { reason: string };

export async function readCertificateState(
  sessionQueue: Pick<SessionQueue, 'certificate'>,
  id: string,
): Promise<CertificateState> {
  try {
    await sessionQueue.certificate(id);
    return 'there';
  } catch (error) {
    if (error instanceof Refusal && error.code === 'conflict') return { reason: error.message };
    throw error;
  }
}

/** The way to the certificate, or the reason why there is none. */
export function certificateWords({ id }: RequestView, certificate: CertificateState | undefined): Html | undefined {
  if (certificate === undefined) return undefined;
  if (certificate !== 'there') return html`none: ${certificate.reason}`;
  return html`<a href="${certificatePath(id)}" download>JSON, without leaves</a> <small class="below">With them: <code>session-queue certificate ${id}</code>. A page to print: <code>GET /v1/requests/${encodeURIComponent(id)}/certificate</code> of the producer, with <code>Accept: text/html</code></small>`;
}
