import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Network } from './networks.ts';

type Resolve = (
  host: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface ReachOptions {
  /** Networks that callbacks may reach although they are not public. */
  allowed: readonly Network[];
  /** How names become addresses; as the system does it when absent. */
  resolve?: Resolve;
}

/** None of the addresses of a callback's host may be called. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = 'ADDRESS_REFUSED';

  constructor() {
    super('none of its addresses may be called');
  }
}

/** What is routed in public, of IPv6: `::/96` and its like would lead back into IPv4. */
const publicIpv6 = ipaddr.parseCIDR('2000::/3');
const localName = /(^|\.)localhost\.?$/;

/**
 * Which addresses callbacks may go to. Whoever may ask for deletions chooses their URLs, and must not reach by them what stands
 * around the producer: only public addresses are called, and by https, but for the networks that were allowed.
 */
export class Reach {
  readonly #allowed: readonly Network[];
  readonly #resolve: Resolve;

  constructor({ allowed, resolve = systemLookup }: ReachOptions) {
    this.#allowed = allowed;
    this.#resolve = resolve;
  }

  /** Why nothing may be sent to this URL, as far as that can be seen before its name is resolved. */
  faultOf(url: URL): string | undefined {
    const secure = url.protocol === 'https:';
    const host = url.hostname.replaceAll(/^\[|\]$/g, '');
    const literal = localName.test(host) ? '127.0.0.1' : host;
    if (isIP(literal) !== 0 ? this.#allows(literal, secure) : secure) return undefined;
    return secure
      ? 'must not lead to an address that is not public (WEBHOOK_ALLOWED_NETWORKS)'
      : 'must be https; plain http is for loopback addresses that WEBHOOK_ALLOWED_NETWORKS has';
  }

  /**
   * Resolves names for a connection to this URL: what comes out is what Node connects to, so nothing can change between check and
   * use. Fails with `AddressRefused` when no address is left.
   */
  lookupFor(url: URL): LookupFunction {
    const secure = url.protocol === 'https:';
    return (host, options, done) => {
      this.#resolve(host, { ...options, all: true }, (error, addresses) => {
        if (error !== null) {
          done(error, []);
          return;
        }
        const reachable = addresses.filter(({ address }) => this.#allows(address, secure));
        const [first] = reachable;
        if (first === undefined) done(new AddressRefused(), []);
        else if (options.all) done(null, reachable);
        else done(null, first.address, first.family);
      });
    };
  }

  #allows(text: string, secure: boolean): boolean {
    if (!ipaddr.isValid(text)) return false;
    // An IPv4 address in IPv6's clothes is judged as what it is.
    const address = ipaddr.process(text);
    const range = address.range();
    const allowed = this.#allowed.some((network) => network[0].kind() === address.kind() && address.match(network));
    if (!secure) return allowed && range === 'loopback';
    return allowed || (range === 'unicast' && (address.kind() === 'ipv4' || address.match(publicIpv6)));
  }
}
