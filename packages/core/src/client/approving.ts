import type { ConsumerKeys } from '../lanes/keys.ts';
import { type Approval, approveRequest } from '../requests/approval.ts';
import { cancelRequest, type Why } from '../requests/control.ts';
import { Refusal } from '../requests/refusal.ts';
import type { RequestView } from '../requests/request.ts';
import { checkApproval, checkWhy } from './checks.ts';

export interface ApprovingOptions {
  /** The request and where it lies; refuses when it is gone. */
  find: (id: string) => Promise<{ keys: ConsumerKeys; view: RequestView }>;
  /** Lets what a person changed go on at once. */
  wake: (keys: ConsumerKeys, view: RequestView) => Promise<void>;
  retention: () => Promise<number>;
}

/** Lets a second person approve of a deletion, and anybody revoke one that has not begun. */
export class Approving {
  readonly #options: ApprovingOptions;

  constructor(options: ApprovingOptions) {
    this.#options = options;
  }

  async approve(id: string, approval: Approval): Promise<RequestView> {
    const noted = checkApproval(approval);
    const { find, wake } = this.#options;
    const { keys, view } = await find(id);
    await approveRequest(keys, id, noted);
    await wake(keys, view);
    return (await find(id)).view;
  }

  async revoke(id: string, why: Why): Promise<RequestView> {
    const noted = checkWhy(why);
    const { find, retention } = this.#options;
    const { keys } = await find(id);
    const before = await cancelRequest(keys, id, await retention(), noted);
    const { view } = await find(id);
    if (view.revoked !== undefined) return view;
    throw new Refusal(
      'conflict',
      `this request is ${before}: it cannot be revoked, as something of it may have been sent`,
    );
  }
}
