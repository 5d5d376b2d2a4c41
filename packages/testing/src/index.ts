export { type LeakGuardOptions, leakGuard } from './leaks/leak-guard.ts';
export type { DirectionFaults, ProxyFaults, Welcome } from './proxy/faults.ts';
export { startTcpProxy, type TcpProxy, type TcpProxyOptions } from './proxy/tcp-proxy.ts';
export { freePort } from './redis/free-port.ts';
export { type RedisOptions, type RedisServer, startRedis } from './redis/redis-server.ts';
export { findServerBinary } from './redis/server-binary.ts';
export { type TestRedis, testRedis } from './redis/test-redis.ts';
export { type Deferred, deferred } from './waiting/deferred.ts';
export { type EventuallyOptions, eventually } from './waiting/eventually.ts';
