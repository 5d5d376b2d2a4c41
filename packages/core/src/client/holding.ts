import type { BusyConsumers } from '../consumers/busy-consumers.ts';
import type { LegalHoldInput, LegalHolds, LegalHoldView } from '../legal-holds/legal-hold.ts';
import type { LegalHoldStore } from '../legal-holds/legal-hold-store.ts';
import type { Why } from '../requests/control.ts';
import { defaultConsumer } from '../requests/request.ts';
import { answering, answeringEach } from './answering.ts';
import { checkLegalHold, checkWhy } from './checks.ts';

export interface HoldingOptions {
  store: LegalHoldStore;
  busy: BusyConsumers;
  /** Refuses a consumer that no worker has ever announced. */
  checkConsumer: (consumer: string) => Promise<void>;
}

/** Legal holds, for a client over Redis. */
export class Holding implements LegalHolds {
  readonly #options: HoldingOptions;

  constructor(options: HoldingOptions) {
    this.#options = options;
  }

  addLegalHold(input: LegalHoldInput): Promise<LegalHoldView> {
    return answering(async () => {
      const { store, busy, checkConsumer } = this.#options;
      const { consumer = defaultConsumer, ...checked } = checkLegalHold(input);
      await checkConsumer(consumer);
      await busy.mark(consumer);
      return await store.addLegalHold({ ...checked, consumer, id: input.id });
    });
  }

  legalHolds(consumer?: string): Promise<LegalHoldView[]> {
    return answering(() => this.#options.store.legalHolds(consumer));
  }

  getLegalHold(id: string): Promise<LegalHoldView> {
    return answering(() => this.#options.store.getLegalHold(id));
  }

  heldSessions(id: string): AsyncIterable<readonly string[]> {
    return answeringEach(this.#options.store.heldSessions(id));
  }

  removeLegalHold(id: string, why: Why): Promise<LegalHoldView> {
    return answering(async () => {
      const { store, busy } = this.#options;
      const checked = checkWhy(why);
      const view = await store.removeLegalHold(id, checked);
      // For the journal, which somebody has to write.
      await busy.mark(view.consumer);
      return view;
    });
  }
}
