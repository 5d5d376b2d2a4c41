import {
  type Approval,
  type ItemCounts,
  Refusal,
  type RequestView,
  type SessionQueue,
  type Why,
} from '@session-queue/core';
import type { Certificate } from '@session-queue/core/evidence';

const noItems: ItemCounts = {
  total: 0,
  duplicates: 0,
  pending: 0,
  claimed: 0,
  submitted: 0,
  parked: 0,
  succeeded: 0,
  absent: 0,
  alreadyDeleted: 0,
  failed: 0,
  cancelled: 0,
  resent: 0,
};

/** A request as Session Queue would show it. */
export function requestView(
  given: Partial<Omit<RequestView, 'counts'>> & { id: string; counts?: Partial<ItemCounts> },
): RequestView {
  return {
    kind: 'deletion',
    consumer: 'school-a',
    state: 'processing',
    priority: 'normal',
    createdAt: '2026-03-01T09:00:00.000Z',
    ...given,
    counts: { ...noItems, ...given.counts },
  };
}

/** The records of requests, held in memory: what the dashboard asks of Session Queue, and nothing more. */
export class RequestRecords
  implements
    Pick<
      SessionQueue,
      'consumers' | 'getRequest' | 'certificate' | 'hold' | 'release' | 'approve' | 'revoke' | 'cancel' | 'retryFailed'
    >
{
  readonly #views = new Map<string, RequestView>();
  readonly retried: string[] = [];
  readonly approvers: string[] = [];
  readonly reasons: Why[] = [];
  readonly certificates = new Map<string, Certificate>();
  announced: string[] = [];

  add(...views: RequestView[]): void {
    for (const view of views) this.#views.set(view.id, view);
  }

  async consumers(): Promise<string[]> {
    return this.announced;
  }

  async getRequest(id: string): Promise<RequestView | undefined> {
    return this.#views.get(id);
  }

  async certificate(id: string): Promise<Certificate> {
    this.#known(id);
    const certificate = this.certificates.get(id);
    if (certificate === undefined) throw new Refusal('conflict', 'the certificate is not made yet');
    return certificate;
  }

  async hold(id: string): Promise<RequestView> {
    return this.#change(id, 'held');
  }

  async release(id: string): Promise<RequestView> {
    return this.#change(id, 'processing');
  }

  async approve(id: string, { by }: Approval): Promise<RequestView> {
    if (this.#known(id).requestedBy === by) throw new Refusal('conflict', 'a second person must');
    this.approvers.push(by);
    return this.#change(id, 'accepted');
  }

  async revoke(id: string, why: Why): Promise<RequestView> {
    this.reasons.push(why);
    return this.#change(id, 'cancelled');
  }

  async cancel(id: string): Promise<RequestView> {
    return this.#change(id, 'cancelled');
  }

  async retryFailed(id: string, why: Why): Promise<RequestView> {
    const view = this.#known(id);
    if (view.counts.failed === 0) throw new Refusal('conflict', 'this request has no failed items to retry');
    this.retried.push(id);
    this.reasons.push(why);
    return view;
  }

  #change(id: string, state: RequestView['state']): RequestView {
    const view = { ...this.#known(id), state };
    this.#views.set(id, view);
    return view;
  }

  #known(id: string): RequestView {
    const view = this.#views.get(id);
    if (view === undefined) throw new Refusal('not_found', 'no request has this id');
    return view;
  }
}
