import {
  type Approval,
  type DeletionInput,
  defaultConsumer,
  type ItemReport,
  type Items,
  type ItemsPage,
  type Kind,
  Refusal,
  type RequestFilter,
  type RequestState,
  type RequestsPage,
  type RequestView,
  type ResubmissionInput,
  type SelectionDeletionInput,
  type Selections,
  type SessionQueue,
  type SessionRequest,
  type Why,
} from '@session-queue/core';
import { type Certificate, leafLine, saltLine } from '@session-queue/core/evidence';
import { MemoryHolds } from './memory-holds.ts';
import { MemorySelections } from './memory-selections.ts';
import { noRules } from './no-rules.ts';

interface Kept {
  view: RequestView;
  items: string[];
  reports: Record<'failed' | 'parked', ItemReport[]>;
}

/** A SessionQueue that keeps requests in memory and sends nothing: what the HTTP API is tested on. */
export class MemoryQueue extends MemorySelections implements SessionQueue, Selections {
  readonly rules = noRules;
  readonly holds = new MemoryHolds();
  readonly kept = new Map<string, Kept>();
  readonly certificates = new Map<string, Certificate>();
  readonly stopped = new Map<Kind, string>();
  /** Every id that was asked to be kept, in order, repeats too. */
  readonly asked: string[] = [];
  /** Only these consumers are known; all when undefined. */
  known: string[] | undefined;
  /** Whether sessions can be found. */
  isIndexing = true;

  /** Awaited before some more sessions of a selection are stored. */
  beforeStored: () => Promise<void> = async () => {};

  async deleteSessions(input: DeletionInput): Promise<RequestView> {
    return await this.keep('deletion', input.sessionIds, input);
  }

  async resubmit(input: ResubmissionInput): Promise<RequestView> {
    return await this.keep('resubmission', input.submissions, input);
  }

  async deleteSelection({ selection, ...input }: SelectionDeletionInput): Promise<RequestView> {
    const standing = this.kept.get(input.id ?? 'none');
    if (standing !== undefined && standing.view.selection === selection) return standing.view;
    const { view, sessionIds } = this.findSelection(selection);
    const { state, count, digest, consumer } = view;
    if (state !== 'ready') throw new Refusal('conflict', `this selection is ${state}`);
    if (digest !== input.expectDigest || count !== input.expectCount)
      throw new Refusal('conflict', `this selection holds ${count} sessions`);
    if ((input.consumer ?? consumer) !== consumer)
      throw new Refusal('invalid', "is not the selection's consumer", { field: 'consumer' });
    const stored = this.storing(sessionIds, input.onStored);
    return this.deletedBy(await this.keep('deletion', stored, { ...input, consumer, sessionIds: stored, selection }));
  }

  async getRequest(id: string): Promise<RequestView | undefined> {
    await this.before();
    const kept = this.kept.get(id);
    return kept && this.shown(kept);
  }

  async listRequests(filter: RequestFilter = {}, page: { next?: string; limit?: number } = {}): Promise<RequestsPage> {
    await this.before();
    const { kind, state, consumers, requestedBy, since, until } = filter;
    const [from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY] = [since, until].map((time) =>
      time === undefined ? undefined : Date.parse(time),
    );
    const first = Number(page.next ?? 0);
    const end = first + (page.limit ?? 50);
    const all = [...this.kept.values()].map((kept) => this.shown(kept)).reverse();
    const fitting = all.filter(
      (view) =>
        (kind ?? view.kind) === view.kind &&
        (state ?? view.state) === view.state &&
        (consumers ?? [view.consumer]).includes(view.consumer) &&
        (requestedBy ?? view.requestedBy) === view.requestedBy &&
        Date.parse(view.createdAt) >= from &&
        Date.parse(view.createdAt) < to,
    );
    return { requests: fitting.slice(first, end), ...(end < fitting.length ? { next: String(end) } : {}) };
  }

  async listItems(
    id: string,
    state: 'failed' | 'parked',
    { next = '0', limit = 100 }: { next?: string; limit?: number } = {},
  ): Promise<ItemsPage> {
    await this.before();
    const all = this.find(id).reports[state];
    const end = Number(next) + limit;
    return { items: all.slice(Number(next), end), ...(end < all.length ? { next: String(end) } : {}) };
  }

  async findSession(
    sessionId: string,
    { consumers }: { consumers?: readonly string[] } = {},
  ): Promise<SessionRequest[]> {
    await this.before();
    if (!this.isIndexing) throw new Refusal('index_off', 'sessions are not indexed here');
    const holding = [...this.kept.values()].filter(
      ({ view, items }) => items.includes(sessionId) && (consumers ?? [view.consumer]).includes(view.consumer),
    );
    return holding.reverse().map(({ view: { id, kind, consumer, state, createdAt } }) => {
      return { id, kind, consumer, state, outcome: 'waiting', createdAt };
    });
  }

  async certificate(id: string): Promise<Certificate> {
    await this.before();
    this.find(id);
    const certificate = this.certificates.get(id);
    if (certificate === undefined) throw new Refusal('conflict', 'the certificate is not made yet');
    return certificate;
  }

  async *certificateLeaves(id: string): AsyncGenerator<readonly string[]> {
    await this.certificate(id);
    yield [saltLine(id, Buffer.alloc(32, 1))];
    yield [leafLine(Buffer.alloc(32, 2)), leafLine(Buffer.alloc(32, 3))];
  }

  async cancel(id: string): Promise<RequestView> {
    return await this.move(id, 'cancelled', ['accepted', 'waiting', 'held', 'processing']);
  }

  async hold(id: string): Promise<RequestView> {
    return await this.move(id, 'held', ['accepted', 'processing']);
  }

  async release(id: string): Promise<RequestView> {
    return await this.move(id, 'processing', ['held']);
  }

  async approve(id: string, { by, reason }: Approval): Promise<RequestView> {
    const { view } = this.find(id);
    if (by === view.keyName || by === view.requestedBy) throw new Refusal('conflict', 'a second person must');
    await this.move(id, 'accepted', ['waiting', 'accepted']);
    const approvedAt = new Date().toISOString();
    return Object.assign(view, { approvedBy: by, approvedAt, ...(reason !== undefined && { approvalReason: reason }) });
  }

  async revoke(id: string, { reason, by }: Why): Promise<RequestView> {
    const view = await this.move(id, 'cancelled', ['waiting', 'accepted']);
    view.revoked = { at: new Date().toISOString(), reason, ...(by !== undefined && { by }) };
    return view;
  }

  async retryFailed(id: string, why: Why): Promise<RequestView> {
    const view = await this.move(id, 'processing', ['failed']);
    const { reason, by } = why;
    view.retried = { at: new Date().toISOString(), reason, ...(by !== undefined && { by }) };
    return view;
  }

  async resolveParked(id: string, action: 'resend' | 'fail'): Promise<RequestView> {
    await this.before();
    const kept = this.find(id);
    const parked = kept.reports.parked.splice(0);
    kept.view.counts.parked = 0;
    kept.view.counts[action === 'resend' ? 'pending' : 'failed'] += parked.length;
    return kept.view;
  }

  async stopKind(kind: Kind, reason: string): Promise<void> {
    await this.before();
    this.stopped.set(kind, reason);
  }

  async startKind(kind: Kind): Promise<void> {
    await this.before();
    this.stopped.delete(kind);
  }

  async consumers(): Promise<string[]> {
    return this.known ?? [];
  }

  /** Gives a kept request the outcome that a test is about. */
  report(id: string, state: 'failed' | 'parked', reports: ItemReport[]): void {
    const kept = this.find(id);
    kept.reports[state] = reports;
    const { counts } = kept.view;
    counts[state] = reports.length;
    counts.pending = counts.total - counts.parked - counts.succeeded - counts.failed - counts.cancelled;
    if (state === 'failed') kept.view.state = 'failed';
  }

  private async *storing(sessionIds: readonly string[], onStored = (): void => undefined): AsyncGenerator<string[]> {
    for (let from = 0; from < sessionIds.length; from += 1_000) {
      await this.beforeStored();
      onStored();
      yield sessionIds.slice(from, from + 1_000);
    }
  }

  private async keep(
    kind: Kind,
    items: Items,
    input: (DeletionInput | ResubmissionInput) & { selection?: string },
  ): Promise<RequestView> {
    const { id = 'none', consumer = defaultConsumer, priority = 'normal', skipped } = input;
    const { reason, requestedBy, notBefore, callbackUrl, keyName, selection } = input;
    const requireApproval = 'requireApproval' in input ? input.requireApproval : undefined;
    const force = 'force' in input ? input.force : undefined;
    this.asked.push(id);
    await this.before();
    if (this.known !== undefined && !this.known.includes(consumer)) {
      throw new Refusal('unknown_consumer', `no worker has announced ${consumer}; known: ${this.known.join()}`, {
        field: 'consumer',
      });
    }
    const all: string[] = [];
    for await (const next of items) all.push(...(Array.isArray(next) ? next : [next]));
    const unique = [...new Set(all)];
    const standing = this.kept.get(id);
    if (standing !== undefined) {
      if (standing.items.join('\n') === unique.join('\n')) return standing.view;
      throw new Refusal('id_taken', 'this id belongs to a request with other content');
    }
    const counts = {
      total: unique.length,
      duplicates: all.length - unique.length,
      pending: unique.length,
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
    const rest = defined({
      reason,
      requestedBy,
      keyName,
      requireApproval: requireApproval || undefined,
      force: force || undefined,
      selection,
      notBefore,
      callbackUrl,
      skipped: skipped?.() || undefined,
    });
    const view: RequestView = {
      id,
      kind,
      consumer,
      state: 'accepted',
      counts,
      priority,
      createdAt: new Date().toISOString(),
      ...rest,
    };
    this.kept.set(id, { view, items: unique, reports: { failed: [], parked: [] } });
    return view;
  }

  private async move(id: string, to: RequestState, from: RequestState[]): Promise<RequestView> {
    await this.before();
    const { view } = this.find(id);
    if (!from.includes(view.state)) throw new Refusal('conflict', `this request is ${view.state}`);
    view.state = to;
    return view;
  }

  private shown({ view }: Kept): RequestView {
    const reason = this.stopped.get(view.kind);
    return reason === undefined ? view : { ...view, allStopped: reason };
  }

  private find(id: string): Kept {
    const kept = this.kept.get(id);
    if (kept === undefined) throw new Refusal('not_found', 'no request has this id');
    return kept;
  }
}

type Defined<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Without the fields that are undefined. */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
