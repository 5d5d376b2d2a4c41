import { Queue, type Telemetry } from 'bullmq';
import { Announcements } from '../consumers/announcements.ts';
import { BusyConsumers } from '../consumers/busy-consumers.ts';
import { FollowedSettings } from '../consumers/worker-settings.ts';
import type { Certificate } from '../evidence/certificate/certificate.ts';
import { leafLinesOf, readCertificate } from '../evidence-store/read-certificate.ts';
import { type ConsumerKeys, consumerKeys } from '../lanes/keys.ts';
import { KindSwitch } from '../lanes/kind-switch.ts';
import type { LegalHolds } from '../legal-holds/legal-hold.ts';
import { LegalHoldStore } from '../legal-holds/legal-hold-store.ts';
import { bullPrefix, queueNames } from '../queues/names.ts';
import type { RedisConnection } from '../redis/script.ts';
import type { Approval } from '../requests/approval.ts';
import type { Why, WhyIfAny } from '../requests/control.ts';
import { listRequests } from '../requests/list.ts';
import { Refusal, unknownRequest } from '../requests/refusal.ts';
import {
  finalStates,
  type ItemList,
  type ItemsPage,
  type Kind,
  kinds,
  type RequestFilter,
  type RequestsPage,
  type RequestView,
} from '../requests/request.ts';
import { RequestIndex } from '../requests/request-index.ts';
import { readItems, readRequest } from '../requests/view.ts';
import type { SelectionInput, SelectionListFilter, SelectionsPage, SelectionView } from '../selections/selection.ts';
import { SelectionStore } from '../selections/selection-store.ts';
import { findSession } from '../sessions/find-session.ts';
import type { SessionRequest } from '../sessions/session-request.ts';
import { Accepting } from './accepting.ts';
import { answering, answeringEach } from './answering.ts';
import { Changing } from './changing.ts';
import { checkLimit, checkPlace, checkSessionId, checkWhy, checkWhyIfAny } from './checks.ts';
import { Holding } from './holding.ts';
import { withStop } from './of-view.ts';
import { RequestReader } from './request-reader.ts';
import type { Rules } from './rules.ts';
import { rulesOver } from './ruling.ts';
import { Selecting } from './selecting.ts';
import type {
  DeletionInput,
  ResubmissionInput,
  SelectionDeletionInput,
  Selections,
  SessionQueue,
} from './session-queue.ts';

export interface SessionQueueClientOptions {
  /** A connection to the Redis that the workers use; it stays yours to close. */
  redis: RedisConnection;
  /** REDIS_PREFIX of the workers; `session-queue` when absent. */
  prefix?: string;
  /** RETENTION_DAYS; when absent that which the workers have announced, else 30. */
  retentionDays?: number;
  /**
   * SESSION_INDEX: session ids that are to be deleted are put into an index (25 bytes an id), for `findSession`. When absent as the
   * workers have announced, else not.
   */
  sessionIndex?: boolean;
  /** Traces the jobs that are added, such as `bullmq-otel` does. */
  telemetry?: Telemetry | undefined;
}

const dayMs = 24 * 3600 * 1000;

/** Session Queue from inside another TypeScript service: durable requests, and what became of them. */
export class SessionQueueClient extends RequestReader implements SessionQueue, Selections {
  /** Standing retention rules. */
  readonly rules: Rules;
  readonly holds: LegalHolds;
  readonly #redis: RedisConnection;
  readonly #prefix: string;
  readonly #settings: FollowedSettings;
  readonly #queues: Record<Kind, Queue>;
  readonly #accepting: Accepting;
  readonly #selecting: Selecting;
  readonly #changing: Changing;
  readonly #index: RequestIndex;
  readonly #announcements: Announcements;
  readonly #switch: KindSwitch;
  readonly #busy: BusyConsumers;

  constructor(options: SessionQueueClientOptions) {
    super();
    const { redis, prefix = 'session-queue', retentionDays, sessionIndex, telemetry } = options;
    this.#redis = redis;
    this.#prefix = prefix;
    const retentionMs = retentionDays === undefined ? undefined : retentionDays * dayMs;
    this.#settings = new FollowedSettings(redis, prefix, { sessionIndex, retentionMs });
    this.#index = new RequestIndex(redis, prefix);
    this.#announcements = new Announcements(redis, prefix);
    this.#switch = new KindSwitch(redis, prefix);
    this.#busy = new BusyConsumers(redis, prefix);
    const queue = (kind: Kind) =>
      new Queue(queueNames[kind].requests, {
        connection: redis,
        prefix: bullPrefix(prefix),
        skipVersionCheck: true,
        ...(telemetry !== undefined && { telemetry }),
      });
    this.#queues = { deletion: queue('deletion'), resubmission: queue('resubmission') };
    this.#accepting = new Accepting({
      queues: this.#queues,
      index: this.#index,
      announcements: this.#announcements,
      busy: this.#busy,
      keysOf: (consumer) => this.#keys(consumer),
      viewOf: (keys, id) => this.#viewOf(keys, id),
      settings: () => this.#settings.read(),
    });
    const retention = async () => (await this.#settings.read()).retentionMs;
    const store = new SelectionStore(redis, prefix, (consumer) => this.#keys(consumer));
    this.#selecting = new Selecting({ store, accepting: this.#accepting, busy: this.#busy, retention });
    this.holds = new Holding({
      store: new LegalHoldStore(redis, prefix),
      busy: this.#busy,
      checkConsumer: (consumer) => this.#accepting.checkConsumer(consumer),
    });
    this.#changing = new Changing({
      queues: this.#queues,
      index: this.#index,
      busy: this.#busy,
      find: (id) => this.#find(id),
      retention,
    });
    const working = { accepting: this.#accepting, selecting: this.#selecting };
    this.rules = rulesOver({ redis, prefix, ...working, retention });
    // The connection's own error events belong to whoever opened it.
    for (const kind of kinds) this.#queues[kind].on('error', () => undefined);
  }

  deleteSessions(input: DeletionInput): Promise<RequestView> {
    return answering(() => this.#accepting.accept('deletion', input.sessionIds, false, input), input.signal);
  }

  resubmit(input: ResubmissionInput): Promise<RequestView> {
    const ignoring = input.ignoreResponseRevisions ?? false;
    return answering(() => this.#accepting.accept('resubmission', input.submissions, ignoring, input), input.signal);
  }

  select(input: SelectionInput): Promise<SelectionView> {
    return answering(() => this.#selecting.select(input));
  }

  getSelection(id: string): Promise<SelectionView> {
    return answering(() => this.#selecting.get(id));
  }

  listSelections(
    filter: SelectionListFilter = {},
    page: { next?: string; limit?: number } = {},
  ): Promise<SelectionsPage> {
    return answering(async () => await this.#selecting.list(await this.#keysOf(filter.consumers), filter, page));
  }

  selectedSessions(id: string): AsyncIterable<readonly string[]> {
    return answeringEach(this.#selecting.sessions(id));
  }

  selectedMetadata(id: string): AsyncIterable<readonly string[]> {
    return answeringEach(this.#selecting.metadata(id));
  }

  cancelSelection(id: string): Promise<SelectionView> {
    return answering(() => this.#selecting.cancel(id));
  }

  deleteSelection(input: SelectionDeletionInput): Promise<RequestView> {
    return answering(() => this.#selecting.delete(input), input.signal);
  }

  getRequest(id: string): Promise<RequestView | undefined> {
    return answering(async () => {
      const place = await this.#index.find(id);
      return place && this.#view(this.#keys(place.consumer), id);
    });
  }

  listRequests(filter: RequestFilter = {}, page: { next?: string; limit?: number } = {}): Promise<RequestsPage> {
    return answering(async () => {
      const limit = checkLimit(page.limit ?? 50, 200);
      const keys = await this.#keysOf(filter.consumers);
      const [found, ...stops] = await Promise.all([
        listRequests(keys, filter, { limit, next: page.next }),
        ...kinds.map(async (kind) => [kind, (await this.#switch.read(kind))?.reason] as const),
      ]);
      const reasons = new Map(stops);
      return { ...found, requests: found.requests.map((view) => withStop(view, reasons.get(view.kind))) };
    });
  }

  listItems(id: string, state: ItemList, page: { next?: string; limit?: number } = {}): Promise<ItemsPage> {
    return answering(async () => {
      const { keys, view } = await this.#find(id);
      const limit = checkLimit(page.limit ?? 100, 1_000);
      return await readItems(keys, view, state, { from: checkPlace(page.next), limit });
    });
  }

  findSession(sessionId: string, { consumers }: { consumers?: readonly string[] } = {}): Promise<SessionRequest[]> {
    return answering(async () => {
      checkSessionId(sessionId);
      if (!(await this.#settings.read()).sessionIndex)
        throw new Refusal(
          'index_off',
          'sessions are not indexed here: workers and producers with SESSION_INDEX=true do so',
        );
      return await findSession(await this.#keysOf(consumers), sessionId);
    });
  }

  certificate(id: string): Promise<Certificate> {
    return answering(async () => await readCertificate(await this.#find(id)));
  }

  certificateLeaves(id: string): AsyncIterable<readonly string[]> {
    return answeringEach(leafLinesOf(() => this.#find(id)));
  }

  cancel(id: string): Promise<RequestView> {
    return answering(() => this.#changing.cancel(id));
  }

  hold(id: string): Promise<RequestView> {
    return answering(() => this.#changing.hold(id));
  }

  release(id: string): Promise<RequestView> {
    return answering(() => this.#changing.release(id));
  }

  approve(id: string, approval: Approval): Promise<RequestView> {
    return answering(() => this.#changing.approve(id, approval));
  }

  revoke(id: string, why: Why): Promise<RequestView> {
    return answering(() => this.#changing.revoke(id, why));
  }

  retryFailed(id: string, why: Why): Promise<RequestView> {
    return answering(() => this.#changing.retryFailed(id, why));
  }

  resolveParked(id: string, action: 'resend' | 'fail'): Promise<RequestView> {
    return answering(() => this.#changing.resolveParked(id, action));
  }

  stopKind(kind: Kind, reason: string, { by }: { by?: string | undefined } = {}): Promise<void> {
    return answering(async () => await this.#switch.stop(kind, checkWhy({ reason, by })));
  }

  startKind(kind: Kind, why: WhyIfAny = {}): Promise<void> {
    return answering(async () => await this.#switch.start(kind, checkWhyIfAny(why)));
  }

  consumers(): Promise<string[]> {
    return answering(() => this.#announcements.names());
  }

  /** Lets go of what it opened itself; the connection stays open. */
  async close(): Promise<void> {
    await Promise.all(kinds.map((kind) => this.#queues[kind].close()));
  }

  async #find(id: string): Promise<{ keys: ConsumerKeys; view: RequestView }> {
    const place = await this.#index.find(id);
    if (place === undefined) throw new Refusal('not_found', unknownRequest);
    const keys = this.#keys(place.consumer);
    return { keys, view: await this.#viewOf(keys, id) };
  }

  async #viewOf(keys: ConsumerKeys, id: string): Promise<RequestView> {
    const view = await this.#view(keys, id);
    if (view === undefined) throw new Refusal('not_found', unknownRequest);
    return view;
  }

  async #view(keys: ConsumerKeys, id: string): Promise<RequestView | undefined> {
    const view = await readRequest(keys, id);
    if (view === undefined || finalStates.has(view.state)) return view;
    return withStop(view, (await this.#switch.read(view.kind))?.reason);
  }

  /** Of these consumers, or of all that there are. */
  async #keysOf(consumers: readonly string[] | undefined): Promise<ConsumerKeys[]> {
    const names = consumers ?? [...(await this.#announcements.names()), ...(await this.#busy.list())];
    return [...new Set(names)].map((consumer) => this.#keys(consumer));
  }

  #keys(consumer: string): ConsumerKeys {
    return consumerKeys(this.#redis, this.#prefix, consumer);
  }
}
