import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { apps, inProject, longestStopSeconds, ports, root, variablesOf } from './apps.ts';

const models = { ConfigMap, Deployment, NetworkPolicy, PodDisruptionBudget, ScaledObject, Service };
const documentSchema = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }).optional() });
type Document = z.infer<typeof documentSchema>;

function documentsIn(path: string): Document[] {
  return parseAllDocuments(inProject(path)).map((document) => documentSchema.parse(document.toJS()));
}

const folder = 'deploy/kubernetes';
const files = ['base', 'keda'].flatMap((part) =>
  readdirSync(join(root, folder, part)).map((name) => `${folder}/${part}/${name}`),
);
const all = files.flatMap((path) => documentsIn(path));
const things = all.filter(({ kind }) => kind !== 'Kustomization');

const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }), timeoutSeconds: z.number() });
const containerSchema = z.looseObject({
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  livenessProbe: probe,
  readinessProbe: probe,
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
});
const deploymentSchema = z.object({
  spec: z.object({
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({
        containers: z.tuple([containerSchema]),
        terminationGracePeriodSeconds: z.number(),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    }),
  }),
});

function podOf(app: string): z.infer<typeof deploymentSchema>['spec']['template'] {
  const found = things.find(({ kind, metadata }) => kind === 'Deployment' && metadata?.name === `session-queue-${app}`);
  return deploymentSchema.parse(found).spec.template;
}

test.each(things.map((thing) => [thing.kind, thing.metadata?.name, thing] as const))(
  '%s %s is what the published schema allows',
  (kind, _name, thing) => {
    const Model = z.record(z.string(), z.unknown()).parse(models)[kind];
    if (typeof Model !== 'function') throw new Error(`no schema for ${kind}`);
    const model: { validate(): void } = Reflect.construct(Model, [thing]);
    expect(() => model.validate()).not.toThrow();
    const broken: { validate(): void } = Reflect.construct(Model, [{ ...thing, spec: 1, data: 1 }]);
    expect(() => broken.validate()).toThrow();
  },
);

test('every file is part of what is applied', () => {
  for (const part of ['base', 'keda']) {
    const [kustomization] = documentsIn(`${folder}/${part}/kustomization.yaml`);
    const names = readdirSync(join(root, folder, part)).filter((name) => name !== 'kustomization.yaml');
    expect([...z.array(z.string()).parse(kustomization?.resources)].sort()).toEqual(names.sort());
  }
});

describe.each(apps)('the pods of the %s', (app) => {
  const { metadata, spec } = podOf(app);
  const [container] = spec.containers;

  test('set only what the app reads', async () => {
    const config = things.find(({ kind }) => kind === 'ConfigMap');
    const shared = Object.keys(z.record(z.string(), z.string()).parse(config?.data));
    const read = await variablesOf(app);
    // The dashboard has no index of sessions, and takes no harm from the variable.
    const set = [...shared, ...container.env.map(({ name }) => name)].filter((name) => name !== 'SESSION_INDEX');
    expect(set.filter((name) => !read.has(name))).toEqual([]);
    for (const { name, value } of container.env) {
      if (name.endsWith('_FILE'))
        expect(container.volumeMounts.some(({ mountPath }) => value?.startsWith(`${mountPath}/`))).toBe(true);
    }
    expect(spec.volumes.map(({ name }) => name)).toEqual(container.volumeMounts.map(({ name }) => name));
  });

  test('listen where they are probed, called and asked for figures', () => {
    const open = container.ports.map(({ containerPort }) => containerPort);
    expect(open).toEqual(Object.values(ports[app]));
    const said = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
    for (const [name, port] of Object.entries(ports[app])) expect(said[name]).toBe(String(port));
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: container.ports[0]?.name });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: container.ports[0]?.name });
    // A check of Redis takes up to 2 s for each of its two steps.
    expect(container.readinessProbe.timeoutSeconds).toBeGreaterThan(4);
  });

  test('have more time than the app takes to stop', () => {
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(longestStopSeconds(app));
  });

  test('have no rights that they do not need', () => {
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('are chosen by a policy of the network', () => {
    const policy = things.find(
      ({ kind, metadata: of }) => kind === 'NetworkPolicy' && of?.name === `session-queue-${app}`,
    );
    expect(policy?.spec).toMatchObject({
      podSelector: { matchLabels: metadata.labels },
      policyTypes: ['Ingress', 'Egress'],
    });
  });
});

const components = ['tombstones', 'evidence', 'evidence-folder', 'evidence-store'];
const addedSchema = z.object({
  kind: z.literal('Deployment'),
  metadata: z.object({ name: z.literal('session-queue-worker') }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([
          z.object({
            name: z.literal('worker'),
            env: z.array(z.object({ name: z.string(), value: z.string() })),
            volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
          }),
        ]),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    }),
  }),
});
const addedBy = (component: string) =>
  addedSchema.parse(documentsIn(`${folder}/${component}/worker.yaml`)[0]).spec.template.spec;

describe.each(components)('the component %s', (component) => {
  test('is a patch of the worker, which the schema allows', () => {
    const [kustomization] = documentsIn(`${folder}/${component}/kustomization.yaml`);
    expect(kustomization).toMatchObject({ kind: 'Component', patches: [{ path: 'worker.yaml' }] });
    const worker = things.find(
      ({ kind, metadata }) => `${kind} ${metadata?.name}` === 'Deployment session-queue-worker',
    );
    const { containers, volumes } = addedBy(component);
    const patched = deploymentSchema.parse(structuredClone(worker));
    const { spec: pod } = patched.spec.template;
    pod.containers[0].env.push(...containers[0].env);
    pod.containers[0].volumeMounts.push(...containers[0].volumeMounts);
    pod.volumes.push(...volumes);
    const rest = z.record(z.string(), z.unknown()).parse(worker?.spec);
    const whole = { ...worker, spec: { ...rest, template: patched.spec.template } };
    expect(() => new Deployment(whole as never).validate()).not.toThrow();
  });

  test('sets what the worker reads, from what it mounts, under names that nothing else has', async () => {
    const read = await variablesOf('worker');
    const { containers, volumes } = addedBy(component);
    const [{ env, volumeMounts }] = containers;
    expect(env.map(({ name }) => name).filter((name) => !read.has(name))).toEqual([]);
    for (const { name, value } of env) {
      if (name.endsWith('_FILE') || name === 'EVIDENCE_DIR') {
        expect(volumeMounts.some(({ mountPath }) => value === mountPath || value.startsWith(`${mountPath}/`))).toBe(
          true,
        );
      }
    }
    expect(volumes.map(({ name }) => name)).toEqual(volumeMounts.map(({ name }) => name));
    const others = podOf('worker').spec.volumes.map(({ name }) => name);
    for (const other of components.filter((one) => one !== component)) {
      others.push(...addedBy(other).volumes.map(({ name }) => name));
    }
    expect(volumes.filter(({ name }) => others.includes(name))).toEqual([]);
    expect(inProject('docs/operations.md')).toContain(`\`${component}\``);
  });
});

test('everything that a worker reads beside its consumers is in its pods, or in a component', async () => {
  const config = things.find(({ kind }) => kind === 'ConfigMap');
  const [{ env }] = podOf('worker').spec.containers;
  const set = new Set([
    ...Object.keys(z.record(z.string(), z.string()).parse(config?.data)),
    ...[...env, ...components.flatMap((component) => addedBy(component).containers[0].env)].map(({ name }) => name),
  ]);
  const left = [...(await variablesOf('worker'))].filter((name) => !set.has(name) && !set.has(`${name}_FILE`));
  // One consumer without a file; what an overlay adds where it has it.
  expect(left.filter((name) => !/^(LEARNOSITY_|OTEL_|REDIS_CA_FILE$)/.test(name))).toEqual([]);
});
