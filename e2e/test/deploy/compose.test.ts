import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { type App, apps, inProject, longestStopSeconds, ports, root, variablesOf } from './apps.ts';

const serviceSchema = z.object({
  build: z.object({ target: z.string() }).optional(),
  image: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  secrets: z.array(z.string()).default([]),
  ports: z.array(z.object({ target: z.number(), host_ip: z.string(), published: z.string() })).default([]),
  profiles: z.array(z.string()).default([]),
  healthcheck: z.unknown().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  stop_grace_period: z.string(),
  networks: z.array(z.string()).default([]),
});
const text = inProject('docker-compose.yml');
const compose = z
  .object({
    services: z.record(z.string(), serviceSchema),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(parse(text, { merge: true }));
const services = Object.entries(compose.services);
const dockerfile = inProject('Dockerfile');

/** What compose puts in where nothing is set. */
function withDefaults(value: string | number): string {
  return String(value).replace(
    /\$\{\w+(?::-([^}]*))?[^}]*\}/g,
    (_all, byDefault: string | undefined) => byDefault ?? '',
  );
}

function stage(target: string): string {
  const found = dockerfile.split(/^FROM /m).find((part) => part.split('\n')[0]?.endsWith(` AS ${target}`));
  if (found === undefined) throw new Error(`the Dockerfile has no stage ${target}`);
  return found;
}

const appOf = (name: string): App | undefined => apps.find((app) => compose.services[name]?.build?.target === app);
const appServices = services.flatMap(([name, service]) => {
  const app = appOf(name);
  return app === undefined ? [] : [{ name, service, app }];
});

/** Secrets that compose hands over in files, so that none stands in an environment. */
const inFiles = new Set([
  'REDIS_PASSWORD',
  'WEBHOOK_SECRET',
  'LEARNOSITY_CONSUMER_SECRET',
  'TOMBSTONE_KEY',
  'EVIDENCE_S3_SECRET_ACCESS_KEY',
  'DASHBOARD_OIDC_CLIENT_SECRET',
]);
/** The demo's worker has one consumer, which everybody knows. */
const notForTheDemo =
  /^(LEARNOSITY_(CONSUMER|LTS_VERSION|EXCLUSIVE_KEY|APPROVAL_OVER|HOLD_WINDOW|DELETIONS_PER_DAY|VERIFY_\w+|CONSUMER_SECRET_FILE)|CONSUMERS_FILE|WORKER_PORT|DRAIN_GRACE_MS|DELETION_DEADLINE_DAYS|TOMBSTONE_\w+|EVIDENCE(_KEY_FILE|_DIR|_S3_\w+)?)$/;

describe.each(services)('the service %s', (name, service) => {
  test('can change nothing but its volumes, and gains no rights', () => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
  });

  test('says whether it is healthy', () => {
    const { target } = service.build ?? {};
    const told = target === undefined ? service.healthcheck : /^HEALTHCHECK /m.exec(stage(target));
    expect(told ?? undefined).toBeDefined();
  });

  test('is published to this machine alone, and has secrets that are declared', () => {
    for (const { host_ip: host } of service.ports) expect(withDefaults(host)).toBe('127.0.0.1');
    for (const secret of service.secrets) expect(Object.keys(compose.secrets)).toContain(secret);
    for (const path of JSON.stringify(service).matchAll(/\/run\/secrets\/([\w-]+)/g))
      expect(service.secrets).toContain(path[1]);
  });

  test('runs what its image has', () => {
    if (service.build === undefined) return expect(service.image).toMatch(/:[\w.]+$/);
    const command = /^(?:CMD|ENTRYPOINT) (\[.*\])$/m.exec(stage(service.build.target))?.[1] ?? '';
    const words = z.array(z.string()).parse(JSON.parse(command));
    const script = words.find((word) => word.endsWith('.js')) ?? '';
    expect(existsSync(join(root, script))).toBe(true);
    expect(name === 'fake-learnosity' ? typeof service.command : service.command).toBe(
      name === 'fake-learnosity' ? 'object' : undefined,
    );
  });
});

describe.each(appServices)('the service $name', ({ name, service, app }) => {
  test('sets what its app reads, and nothing else', async () => {
    const read = await variablesOf(app);
    const set = Object.keys(service.environment);
    expect(set.filter((variable) => !read.has(variable))).toEqual([]);
    const left = [...read].filter((variable) => !set.includes(variable) && !inFiles.has(variable));
    expect(left.filter((variable) => !(name === 'demo-worker' && notForTheDemo.test(variable)))).toEqual([]);
  });

  test('keeps secrets out of the environment', () => {
    const plain = Object.keys(service.environment).filter((variable) => inFiles.has(variable));
    expect(plain).toEqual(name === 'demo-worker' ? ['LEARNOSITY_CONSUMER_SECRET'] : []);
  });

  test('listens where it is published, probed and asked for figures', () => {
    if (name === 'demo-worker') return;
    expect(service.environment).toMatchObject(ports[app]);
    const [main] = Object.values(ports[app]);
    expect(service.ports.map(({ target }) => target)).toEqual(app === 'worker' ? [] : [main]);
    expect(stage(app)).toContain(`EXPOSE ${main}\n`);
    const figures = Object.values(ports[app]).at(-1);
    expect(inProject('deploy/prometheus/prometheus.yml')).toMatch(
      app === 'worker' ? new RegExp(`port: ${figures}\\b`) : `${app}:${figures}`,
    );
  });

  test('is given more time than its app takes to stop', () => {
    expect(Number.parseInt(withDefaults(service.stop_grace_period), 10)).toBeGreaterThan(longestStopSeconds(app));
  });
});

test('every variable of .env.example is used, and every one that is used stands there', () => {
  const example = [...inProject('.env.example').matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name);
  const used = new Set([...text.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name = '']) => name));
  expect(new Set(example)).toEqual(new Set([...used, 'WORKER_PORT']));
  expect(example).toHaveLength(new Set(example).size);
});

test('the demo sets variables that compose knows', () => {
  const set = [...inProject('deploy/demo.env').matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);
  for (const name of set) expect(name.startsWith('COMPOSE_') || text.includes(`\${${name}`)).toBe(true);
});
