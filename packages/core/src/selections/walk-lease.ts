import type { ConsumerKeys } from '../lanes/keys.ts';
import { selectionScript } from './selection-script.ts';
import type { Walk } from './walks.ts';

const renewScript = selectionScript('renew-walk');

/** So often in the time of a lease: one that comes late costs nothing. */
const renewalsPerLease = 6;

/** Holds on to a walk while what takes long records no page: to read what it has found takes over half a minute where that are millions. */
export class WalkLease {
  readonly #keys: ConsumerKeys;
  readonly #walk: Walk;
  #renewAt: number;

  constructor(keys: ConsumerKeys, walk: Walk) {
    this.#keys = keys;
    this.#walk = walk;
    this.#renewAt = this.#nextRenewal();
  }

  /** To be called at each piece of such work: asks Redis where it is time. `false` once the walk is somebody else's, or over. */
  async renew(): Promise<boolean> {
    if (performance.now() < this.#renewAt) return true;
    const { id, token, leaseMs } = this.#walk;
    const isOurs = (await renewScript.run(this.#keys.redis, [this.#keys.base], [id, token, leaseMs])) === 1;
    this.#renewAt = this.#nextRenewal();
    return isOurs;
  }

  #nextRenewal(): number {
    return performance.now() + this.#walk.leaseMs / renewalsPerLease;
  }
}
