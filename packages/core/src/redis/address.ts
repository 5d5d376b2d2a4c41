export interface RedisNode {
  host: string;
  port: number;
}

interface Access {
  tls: boolean;
  username: string | undefined;
  password: string | undefined;
}

/** Where Redis is: one server, a cluster's first nodes, or the sentinels that know the master of a name. */
export type RedisAddress = Access &
  (
    | { kind: 'single'; node: RedisNode; db: number }
    | { kind: 'cluster'; nodes: RedisNode[] }
    | { kind: 'sentinel'; sentinels: RedisNode[]; name: string; db: number }
  );

const shape = /^(redis|rediss)(\+cluster|\+sentinel)?:\/\/(?:(?<access>.*)@)?(?<hosts>[^@/?#]+)(?<path>\/[^?#]*)?$/;
const hostAndPort = /^(\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/i;
const redisPort = 6379;
const sentinelPort = 26_379;

class AddressFault extends Error {}

/**
 * Reads `redis://`, `redis+cluster://host,host` and `redis+sentinel://host,host/name`, or with `rediss` over TLS. All take
 * `user:password@` for the Redis itself (percent-encoded); one server takes `/db`, sentinels `/name/db`. A fault never
 * holds a part of the URL.
 */
export function parseRedisUrl(url: string): { address: RedisAddress } | { fault: string } {
  try {
    return { address: readAddress(url) };
  } catch (error) {
    if (error instanceof AddressFault) return { fault: error.message };
    throw error;
  }
}

function readAddress(url: string): RedisAddress {
  const match = shape.exec(url);
  const { access, hosts, path = '' } = match?.groups ?? {};
  if (match === null || hosts === undefined) {
    throw new AddressFault(
      'must look like redis://host:port, redis+cluster://host,host or redis+sentinel://host,host/name (rediss for TLS)',
    );
  }
  const common = { tls: match[1] === 'rediss', ...readAccess(access) };
  const parts = path
    .split('/')
    .slice(1)
    .filter((part, index, all) => part !== '' || index < all.length - 1);
  if (match[2] === '+cluster') {
    if (parts.length > 0) throw new AddressFault('must end after the hosts: a cluster has no databases');
    return { ...common, kind: 'cluster', nodes: readNodes(hosts, redisPort) };
  }
  if (match[2] === '+sentinel') {
    const [name = '', db, ...rest] = parts;
    if (name === '' || rest.length > 0) throw new AddressFault('must end in /name, the name of the master');
    return {
      ...common,
      kind: 'sentinel',
      sentinels: readNodes(hosts, sentinelPort),
      name: decode(name),
      db: readDb(db),
    };
  }
  const [node, ...others] = readNodes(hosts, redisPort);
  if (node === undefined || others.length > 0) {
    throw new AddressFault('must hold one host (redis+cluster:// and redis+sentinel:// take several)');
  }
  const [db, ...rest] = parts;
  if (rest.length > 0) throw new AddressFault('must end in the number of a database, if in anything');
  return { ...common, kind: 'single', node, db: readDb(db) };
}

function readAccess(access: string | undefined): Omit<Access, 'tls'> {
  if (access === undefined) return { username: undefined, password: undefined };
  const colon = access.indexOf(':');
  const username = decode(colon < 0 ? access : access.slice(0, colon));
  const password = colon < 0 ? '' : decode(access.slice(colon + 1));
  if (password === '') throw new AddressFault('must hold a password where it holds a user (:password@ without a user)');
  return { username: username === '' ? undefined : username, password };
}

function readNodes(hosts: string, defaultPort: number): RedisNode[] {
  return hosts.split(',').map((text) => {
    const [, host = '', port = String(defaultPort)] = hostAndPort.exec(text) ?? [];
    if (host === '') throw new AddressFault('must hold hosts as host or host:port, parted by commas');
    if (Number(port) < 1 || Number(port) > 65_535) throw new AddressFault('must hold ports from 1 to 65535');
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  });
}

function readDb(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,5}$/.test(text)) throw new AddressFault('must name the database by its number');
  return Number(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AddressFault('must have its user, password and name percent-encoded');
  }
}
