import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, freePort, startWatchdog } from '@session-queue/testing';
import { z } from 'zod';
import { marker, Watched } from './watched.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const inProject = (path: string) => readFile(join(root, path), 'utf8');
/** Debian's package `prometheus` brings both. */
const programs = { promtool: '/usr/bin/promtool', prometheus: '/usr/bin/prometheus' };
const withPrometheus = existsSync(programs.promtool) && existsSync(programs.prometheus) ? test : test.skip;

let watched: Watched | undefined;
let told = '';
beforeAll(async () => {
  watched = await Watched.start();
  told = await watched.metrics();
}, 120_000);
afterAll(() => watched?.stop());

interface Family {
  name: string;
  type: string;
  help: string;
}

/** What the apps tell, by the lines that describe it. */
function families(): Map<string, Family> {
  const helps = new Map([...told.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = '', help = '']) => [name, help]));
  const types = [...told.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Map(types.map(([, name = '', type = '']) => [name, { name, type, help: helps.get(name) ?? '' }]));
}

/** Names in PromQL that are metrics; a histogram's parts count for it. */
function metricsIn(text: string): Set<string> {
  const names = text.match(/\b(session_queue|process|nodejs)_[a-z0-9_]+/g) ?? [];
  return new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
}

/** Of its first sample, else as the page has them: some have none until something happens. */
function labelsOf(name: string, page: string): string {
  const [, labels = ''] = new RegExp(`^${name}(?:_count)?\\{(.*)\\} `, 'm').exec(told) ?? [];
  const [, listed = ''] = new RegExp(`^\\| \`${name}\` \\| \\w+ \\| (.*?) \\|`, 'm').exec(page) ?? [];
  return labels === '' ? listed : [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label).join(', ');
}

const exists = (name: string) => families().has(name);

describe('alerts and dashboard', () => {
  test.each(['deploy/prometheus/alerts.yml', 'deploy/grafana/session-queue.json'])(
    '%s asks for nothing that no app tells',
    async (path) => {
      const used = metricsIn(await inProject(path));
      expect(used.size).toBeGreaterThan(10);
      expect([...used].filter((name) => !exists(name))).toEqual([]);
    },
  );

  test('each alert has its remedy in the runbook, and the runbook no other', async () => {
    const alerts = await inProject('deploy/prometheus/alerts.yml');
    const names = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
    const links = [...alerts.matchAll(/runbook_url: (\S+)/g)].map(([, link]) => link);
    expect(links).toEqual(names.map((name) => `docs/runbook.md#${name.toLowerCase()}`));
    const headings = [...(await inProject('docs/runbook.md')).matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(names);
  });

  test('the page of metrics lists each of ours as it is (UPDATE_METRICS_PAGE=1 writes it anew)', async () => {
    const ours = [...families().values()]
      .filter(({ name }) => name.startsWith('session_queue_'))
      .sort((one, other) => one.name.localeCompare(other.name));
    const page = await inProject('docs/metrics.md');
    const table = [
      '| metric | type | labels | meaning |',
      '| --- | --- | --- | --- |',
      ...ours.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${labelsOf(name, page)} | ${help} |`),
    ].join('\n');
    const text = page.slice(0, page.indexOf('| metric |'));
    if (process.env.UPDATE_METRICS_PAGE === '1') await writeFile(join(root, 'docs/metrics.md'), `${text}${table}\n`);
    expect(await inProject('docs/metrics.md')).toBe(`${text}${table}\n`);
  });

  withPrometheus('the rules are sound, and fire when they are to', async () => {
    const folder = join(root, 'deploy/prometheus');
    await run(programs.promtool, ['check', 'config', 'prometheus.yml'], { cwd: folder });
    const { stdout, stderr } = await run(programs.promtool, ['test', 'rules', 'alerts.test.yml'], { cwd: folder });
    expect(`${stdout}${stderr}`).toContain('SUCCESS');
  });
});

describe('what is told', () => {
  test('holds no session id, secret or token, and neither do the logs', () => {
    expect(told).not.toContain(marker);
    expect(watched?.log.lines.length).toBeGreaterThan(5);
    expect(watched?.log.lines.filter(({ text }) => text.includes(marker))).toEqual([]);
  });

  test('says how the one deletion went', () => {
    const lane = 'kind="deletion",consumer="default"';
    for (const line of [
      `session_queue_items_ended_total{${lane},state="succeeded"} 120`,
      `session_queue_accepted_items_total{${lane}} 120`,
      `session_queue_calls_total{${lane}} 3`,
      `session_queue_batch_items_sum{${lane}} 120`,
      `session_queue_items{${lane},state="pending"} 0`,
    ]) {
      expect(told.split('\n')).toContain(line);
    }
  });

  withPrometheus(
    'is scraped by a real Prometheus, which finds every app up',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'session-queue-prometheus-'));
      const port = await freePort();
      const jobs = Object.entries(watched?.targets ?? {}).map(
        ([job, target]) => `  - { job_name: ${job}, static_configs: [{ targets: ["${target}"] }] }`,
      );
      const rules = join(root, 'deploy/prometheus/alerts.yml');
      const config = ['global: { scrape_interval: 1s }', `rule_files: ["${rules}"]`, 'scrape_configs:', ...jobs];
      await writeFile(join(folder, 'prometheus.yml'), `${config.join('\n')}\n`);
      const prometheus = spawn(
        programs.prometheus,
        [
          `--config.file=${join(folder, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: 'ignore' },
      );
      const unwatch = startWatchdog(prometheus.pid ?? 0);
      try {
        const ask = async (query: string): Promise<string | undefined> => {
          const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`);
          const { data } = answerSchema.parse(await answer.json());
          return data.result[0]?.value[1];
        };
        await eventually(async () => (await ask('sum(up)')) === '3', { timeoutMs: 30_000 });
        await eventually(async () => (await ask('sum(session_queue_items_ended_total{state="succeeded"})')) === '120', {
          timeoutMs: 15_000,
        });
        expect(await ask('count(session_queue_build_info)')).toBe('3');
      } finally {
        prometheus.kill('SIGKILL');
        await new Promise((resolve) => prometheus.once('exit', resolve));
        unwatch();
        await rm(folder, { recursive: true, force: true });
      }
    },
    60_000,
  );
});

const answerSchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});
