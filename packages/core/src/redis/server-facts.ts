import { Cluster, type Redis } from 'ioredis';
import type { RedisConnection } from './script.ts';

/** What a server says of itself; `undefined` where it did not, or may not be asked. */
export interface ServerFacts {
  version: string | undefined;
  isReplica: boolean | undefined;
  appendOnly: boolean | undefined;
  lastAppendOk: boolean | undefined;
  policy: string | undefined;
  usedBytes: number | undefined;
  maxBytes: number | undefined;
}

/** The servers that take writes, as far as they are known: none yet of a cluster that is still being connected to. */
export function mastersOf(connection: RedisConnection): Redis[] {
  return connection instanceof Cluster ? connection.nodes('master') : [connection];
}

/** Asks INFO, and CONFIG for what INFO left open. Rejects when the server cannot be reached or is not ready. */
export async function readServerFacts(redis: Redis): Promise<ServerFacts> {
  const info = await ifAllowed(async () => parseLines(await redis.info()));
  const facts: ServerFacts = {
    version: info?.get('redis_version'),
    isReplica: mapped(info?.get('role'), (role) => role !== 'master'),
    appendOnly: mapped(info?.get('aof_enabled'), (enabled) => enabled === '1'),
    lastAppendOk: mapped(info?.get('aof_last_write_status'), (status) => status === 'ok'),
    policy: info?.get('maxmemory_policy'),
    usedBytes: mapped(info?.get('used_memory'), Number),
    maxBytes: mapped(info?.get('maxmemory'), Number),
  };
  if (facts.appendOnly !== undefined && facts.policy !== undefined && facts.maxBytes !== undefined) return facts;
  return {
    ...facts,
    appendOnly: facts.appendOnly ?? mapped(await configOf(redis, 'appendonly'), (value) => value === 'yes'),
    policy: facts.policy ?? (await configOf(redis, 'maxmemory-policy')),
    maxBytes: facts.maxBytes ?? mapped(await configOf(redis, 'maxmemory'), Number),
  };
}

async function configOf(redis: Redis, name: string): Promise<string | undefined> {
  const reply: unknown = await ifAllowed(async () => await redis.config('GET', name));
  return Array.isArray(reply) && typeof reply[1] === 'string' ? reply[1] : undefined;
}

/** Refusals by access rules, and commands that a managed Redis renames or leaves out. */
const forbidden = /^(NOPERM|ERR unknown command|ERR unknown subcommand|ERR .*(disabled|not allowed|not supported))/i;

async function ifAllowed<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && forbidden.test(error.message)) return undefined;
    throw error;
  }
}

function parseLines(info: string): Map<string, string> {
  const entries = info.split(/\r?\n/).flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
  });
  return new Map(entries);
}

function mapped<T>(text: string | undefined, map: (text: string) => T): T | undefined {
  return text === undefined ? undefined : map(text);
}
