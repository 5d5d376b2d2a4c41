import { describe, expect, test } from '@jest/globals';
import { parseRedisUrl } from '../../src/redis/address.ts';

const open = { tls: false, username: undefined, password: undefined };

describe('a Redis URL', () => {
  test.each([
    ['redis://127.0.0.1:6379', { ...open, kind: 'single', node: { host: '127.0.0.1', port: 6379 }, db: 0 }],
    ['redis://host', { ...open, kind: 'single', node: { host: 'host', port: 6379 }, db: 0 }],
    ['redis://host/', { ...open, kind: 'single', node: { host: 'host', port: 6379 }, db: 0 }],
    ['redis://[::1]:7000/3', { ...open, kind: 'single', node: { host: '::1', port: 7000 }, db: 3 }],
    [
      'rediss://app:p%40ss:w%2Frd@host:6380/1',
      {
        tls: true,
        username: 'app',
        password: 'p@ss:w/rd',
        kind: 'single',
        node: { host: 'host', port: 6380 },
        db: 1,
      },
    ],
    ['redis://:pass@host', { ...open, password: 'pass', kind: 'single', node: { host: 'host', port: 6379 }, db: 0 }],
    [
      'redis+cluster://a,b:7001',
      {
        ...open,
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 6379 },
          { host: 'b', port: 7001 },
        ],
      },
    ],
    [
      'rediss+cluster://:pass@a:1/',
      { tls: true, username: undefined, password: 'pass', kind: 'cluster', nodes: [{ host: 'a', port: 1 }] },
    ],
    [
      'redis+sentinel://a,b:7001/my%20master/2',
      {
        ...open,
        kind: 'sentinel',
        sentinels: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 7001 },
        ],
        name: 'my master',
        db: 2,
      },
    ],
  ])('%s is read', (url, address) => {
    expect(parseRedisUrl(url)).toEqual({ address });
  });

  test.each([
    ['private', 'must look like'],
    ['http://private', 'must look like'],
    ['redis:///1', 'must look like'],
    ['redis://private?db=1', 'must look like'],
    ['redis://a,private', 'must hold one host'],
    ['redis://private:0', 'must hold ports from 1 to 65535'],
    ['redis://private:99999', 'must hold ports from 1 to 65535'],
    ['redis://private:port', 'must hold hosts as host or host:port'],
    ['redis+cluster://a,,private', 'must hold hosts as host or host:port'],
    ['redis://host/private', 'must name the database by its number'],
    ['redis://host/1/private', 'must end in the number of a database'],
    ['redis://private@host', 'must hold a password'],
    ['redis://user:%zzprivate@host', 'percent-encoded'],
    ['redis+cluster://private/1', 'a cluster has no databases'],
    ['redis+sentinel://private', 'must end in /name'],
    ['redis+sentinel://private//1', 'must end in /name'],
    ['redis+sentinel://host/name/1/private', 'must end in /name'],
  ])('%s is refused, and not repeated', (url, reason) => {
    const parsed = parseRedisUrl(url);
    expect(parsed).toEqual({ fault: expect.stringContaining(reason) });
    expect(JSON.stringify(parsed)).not.toContain('private');
  });
});
