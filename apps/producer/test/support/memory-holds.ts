import {
  defaultConsumer,
  type LegalHoldInput,
  type LegalHolds,
  type LegalHoldView,
  Refusal,
  unknownLegalHold,
  type Why,
} from '@session-queue/core';

/** Legal holds in memory. */
export class MemoryHolds implements LegalHolds {
  readonly #kept = new Map<string, { view: LegalHoldView; sessionIds: readonly string[] }>();

  async addLegalHold(input: LegalHoldInput): Promise<LegalHoldView> {
    const { id = 'none', consumer = defaultConsumer, sessionIds = [], userId, activityId, reason, by } = input;
    const on = userId !== undefined ? 'user' : activityId !== undefined ? 'activity' : 'sessions';
    const subject = { ...(userId !== undefined && { userId }), ...(activityId !== undefined && { activityId }) };
    const createdAt = new Date().toISOString();
    const who = by === undefined ? {} : { by };
    const view = { id, consumer, on, ...subject, sessions: sessionIds.length, reason, ...who, createdAt } as const;
    this.#kept.set(id, { view, sessionIds });
    return view;
  }

  async legalHolds(consumer = defaultConsumer): Promise<LegalHoldView[]> {
    return [...this.#kept.values()].map(({ view }) => view).filter((view) => view.consumer === consumer);
  }

  async getLegalHold(id: string): Promise<LegalHoldView> {
    return this.#find(id).view;
  }

  async *heldSessions(id: string): AsyncGenerator<readonly string[]> {
    yield this.#find(id).sessionIds;
  }

  async removeLegalHold(id: string, _why: Why): Promise<LegalHoldView> {
    const { view } = this.#find(id);
    this.#kept.delete(id);
    return view;
  }

  #find(id: string): { view: LegalHoldView; sessionIds: readonly string[] } {
    const found = this.#kept.get(id);
    if (found === undefined) throw new Refusal('not_found', unknownLegalHold);
    return found;
  }
}
