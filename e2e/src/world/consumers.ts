import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorldOptions, WorldQuotas } from './options.ts';

/** A consumer of a world. Its key is its name. */
export interface WorldConsumer {
  name: string;
  key: string;
  secret: string;
  domain: string;
}

/** What all secrets of a world begin with, so that one in a log is found. */
export const secretMarker = 'planted-secret';
const domain = 'faults.example';

export function worldConsumers(count: number): WorldConsumer[] {
  return ['default', 'north', 'south', 'east', 'west'].slice(0, count).map((name) => ({
    name,
    key: `key-of-${name}`,
    secret: `${secretMarker}-of-${name}`,
    domain,
  }));
}

/** Where the workers of a world read of their consumers. */
export function consumersFile(folder: string): string {
  return join(folder, 'consumers.json');
}

export async function writeConsumers(
  folder: string,
  consumers: readonly WorldConsumer[],
  {
    baseUrl,
    quotas,
    exclusiveKeys = false,
    verification,
  }: Pick<WorldOptions, 'exclusiveKeys' | 'verification'> & { baseUrl: string; quotas: WorldQuotas },
): Promise<void> {
  // A release before there was any verification knows no such setting.
  const rest = { baseUrl, quotas, exclusiveKey: exclusiveKeys, ...(verification !== undefined && { verification }) };
  const entries = consumers.map(({ name, ...account }) => [name, { ...account, ...rest }]);
  await writeFile(consumersFile(folder), JSON.stringify(Object.fromEntries(entries)));
}
