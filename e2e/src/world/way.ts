import { type ProxyFaults, startTcpProxy, type TcpProxy } from '@session-queue/testing';
import type { TapServer } from '../tap/tap-server.ts';

/**
 * The way of a client to its target: a tap that reads along, and behind it a TCP proxy that can be made to fail. Faults of the
 * network are the proxy's; only a refused connection must be refused at the front.
 */
export class Way {
  readonly #tap: TapServer;
  readonly #proxy: TcpProxy;

  static async start(targetPort: number, startTap: (targetPort: number) => Promise<TapServer>): Promise<Way> {
    const proxy = await startTcpProxy({ target: `tcp://127.0.0.1:${targetPort}` });
    return new Way(await startTap(proxy.port), proxy);
  }

  private constructor(tap: TapServer, proxy: TcpProxy) {
    this.#tap = tap;
    this.#proxy = proxy;
  }

  get port(): number {
    return this.#tap.port;
  }

  /** Replaces all faults, for open connections too; `{}` heals everything. */
  async set(faults: ProxyFaults): Promise<void> {
    if (faults.welcome === 'refuse') this.#tap.refuse();
    else await this.#tap.listen();
    await this.#proxy.set(faults.welcome === 'refuse' ? { ...faults, welcome: 'forward' } : faults);
  }

  /** Resets every open connection. */
  cutAll(): void {
    this.#tap.cutAll();
  }

  /** Forgets every open connection, as a NAT does: whatever is sent on them is dropped, for good. */
  forgetAll(): void {
    this.#proxy.forgetAll();
  }

  async close(): Promise<void> {
    // A connection that is about to end in order (FIN seen) would keep the proxy's reset of it from closing it: let it end.
    this.#tap.refuse();
    await this.#proxy.close();
    this.#tap.close();
  }
}
