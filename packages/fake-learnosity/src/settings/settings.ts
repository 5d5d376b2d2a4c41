import { randomUUID } from 'node:crypto';
import type { FakeLearnosityOptions } from './options.ts';

/** Options with every default filled in. */
export type Settings = {
  [K in keyof Omit<FakeLearnosityOptions, 'makeSessions'>]-?: Exclude<FakeLearnosityOptions[K], undefined>;
} & Pick<FakeLearnosityOptions, 'makeSessions'>;

/** The demo consumer that Learnosity publishes with its SDKs; here it is only a name that needs no setting up. */
export const demoConsumer = {
  key: 'yis0TYCu7U9V4o7M',
  secret: '74c5fd430cf1242a527f6223aebd42d30464be22',
  domains: ['localhost'],
} as const;

const defaultVersions = ['v2025.1.LTS', 'v2025.2.LTS', 'v2025.3.LTS', 'v2026.1.LTS', 'v2026.2.LTS'] as const;
const defaultRemovedVersions = ['v2022.1.LTS', 'v2022.2.LTS', 'v2022.3.LTS', 'v2023.1.LTS'] as const;

/** Wall time with the resolution and the steadiness of the performance clock. */
function realTime(): number {
  return performance.timeOrigin + performance.now();
}

/** Fills in the defaults. */
export function settingsFrom(options: FakeLearnosityOptions): Settings {
  return {
    port: options.port ?? 0,
    consumers: options.consumers ?? [demoConsumer],
    versions: options.versions ?? defaultVersions,
    removedVersions: options.removedVersions ?? defaultRemovedVersions,
    quotas: options.quotas ?? {},
    latencyMs: options.latencyMs ?? { min: 0, max: 0 },
    jobMs: options.jobMs ?? { min: 1000, max: 5000 },
    haltRate: options.haltRate ?? 0,
    sessions: options.sessions ?? [],
    makeSessions: options.makeSessions,
    everySessionExists:
      options.everySessionExists ?? (options.sessions === undefined && options.makeSessions === undefined),
    gone: options.gone ?? [],
    goneAnswer: options.goneAnswer ?? 'succeed',
    maxBodyBytes: options.maxBodyBytes ?? 64 * 1024 * 1024,
    lean: options.lean ?? false,
    seed: options.seed ?? randomUUID(),
    clock: options.clock ?? realTime,
    script: options.script ?? [],
  };
}
