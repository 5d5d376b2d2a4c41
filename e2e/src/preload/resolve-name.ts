/**
 * Preloaded into a worker: RESOLVED_HOST is resolved as RESOLVER_FILE says at that moment: to an address, not at all (`ENOTFOUND`,
 * `EAI_AGAIN`), or, with `silent`, as by a name server that does not answer, long after a call's deadline. All other names as ever.
 */
import dns, { type LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

type Callback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

const host = process.env.RESOLVED_HOST;
const file = process.env.RESOLVER_FILE ?? '';
/** As glibc gives up on a server by default: two tries of 5 s, at two servers. */
const silentMs = 20_000;
const real = dns.lookup;

function lookup(name: string, ...rest: unknown[]): void {
  const callback = rest.at(-1);
  if (name !== host || !isCallback(callback)) {
    Reflect.apply(real, dns, [name, ...rest]);
    return;
  }
  const now = readFileSync(file, 'utf8').trim();
  const isAll = typeof rest[0] === 'object' && rest[0] !== null && 'all' in rest[0] && rest[0].all === true;
  const family = isIP(now);
  if (now === 'silent') setTimeout(() => callback(failure('EAI_AGAIN', name)), silentMs).unref();
  else if (family === 0) setImmediate(() => callback(failure(now, name)));
  else if (isAll) setImmediate(() => callback(null, [{ address: now, family }]));
  else setImmediate(() => callback(null, now, family));
}

function isCallback(value: unknown): value is Callback {
  return typeof value === 'function';
}

/** As Node itself words it. */
function failure(code: string, hostname: string): Error {
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { code, syscall: 'getaddrinfo', hostname });
}

Object.defineProperty(dns, 'lookup', { value: lookup });
