import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secretFileVariables, singleConsumerSettings } from '@session-queue/core';
import { z } from 'zod';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const inProject = (path: string): string => readFileSync(join(root, path), 'utf8');

export const apps = ['producer', 'worker', 'dashboard'] as const;
export type App = (typeof apps)[number];

/** The schema by which each app reads its environment, from what was compiled: no app is a dependency of this package. */
const exportOf = { producer: 'producerSettings', worker: 'workerSettings', dashboard: 'dashboardSettings' } as const;

/** Every variable that an app reads. */
export async function variablesOf(app: App): Promise<Set<string>> {
  const module: unknown = await import(join(root, 'apps', app, 'dist', 'settings.js'));
  const schema = z.record(z.string(), z.unknown()).parse(module)[exportOf[app]];
  if (!(schema instanceof z.ZodObject)) throw new Error(`${app} has no ${exportOf[app]}`);
  const names = new Set(Object.keys(schema.shape));
  if (app === 'worker')
    for (const name of [...Object.keys(singleConsumerSettings.shape), 'CONSUMERS_FILE']) names.add(name);
  for (const name of secretFileVariables) if (names.has(name.replace(/_FILE$/, ''))) names.add(name);
  return names;
}

/** The longest that an app takes over its end, in seconds, as its `main.ts` has it. */
export function longestStopSeconds(app: App): number {
  const main = inProject(`apps/${app}/src/main.ts`);
  const constant = (name: string): number => {
    const digits = new RegExp(`const ${name} = ([\\d_]+);`).exec(main)?.[1];
    if (digits === undefined) throw new Error(`apps/${app}/src/main.ts has no ${name}`);
    return Number(digits.replaceAll('_', '')) / 1_000;
  };
  return app === 'worker' ? 20 + constant('closingMs') : constant('stopWithinMs');
}

/** Where each app listens, and where it tells its figures. */
export const ports = {
  producer: { PRODUCER_PORT: 3010, METRICS_PORT: 3011 },
  worker: { WORKER_PORT: 3020 },
  dashboard: { DASHBOARD_PORT: 3030, METRICS_PORT: 3031 },
} as const satisfies Record<App, Record<string, number>>;
