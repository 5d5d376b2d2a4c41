import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { admin, startDashboard, type TestDashboard, viewer } from './harness/dashboard.ts';
import { signedInVisitor, type Visitor } from './harness/visitor.ts';

leakGuard();

const boardFolder = join(createRequire(import.meta.url).resolve('@bull-board/ui/package.json'), '../dist/static');
const boardStyle = readFileSync(new URL('../assets/board.css', import.meta.url), 'utf8');

function filesOf(ending: string): string {
  return readdirSync(boardFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(boardFolder, name), 'utf8'))
    .join('\n');
}

describe("Bull Board's page", () => {
  let dashboard: TestDashboard;
  let people: Record<'viewer' | 'admin', Visitor>;

  beforeAll(async () => {
    dashboard = await startDashboard();
    people = { viewer: await signedInVisitor(dashboard, viewer), admin: await signedInVisitor(dashboard, admin) };
  });

  afterAll(async () => await dashboard.stop());

  it('names no other site: neither fonts nor anything else are loaded from elsewhere', async () => {
    for (const who of [people.viewer, people.admin]) {
      const answer = await who.get('/queues/');
      expect(answer.status).toBe(200);
      const page = await answer.text();
      expect(page).toContain('<base href="/queues/" />');
      expect(page).toContain('/assets/board.css');
      expect(page.match(/https?:\/\/[^"'\s<]*/g)).toBeNull();
    }
  });

  it('stands below the bar of our own pages, with whoever is signed in and the way out', async () => {
    for (const [who, name] of [
      [people.viewer, viewer.name],
      [people.admin, admin.name],
    ] as const) {
      const page = await (await who.get('/queues/queue/deletion.requests')).text();
      const [bar = ''] = page.match(/<header class="top">.*?<\/header>/s) ?? [];
      expect(page).toContain('<title>Queues · Session Queue</title>');
      expect(bar).toContain('<a href="/queues/" aria-current="page">Queues</a>');
      expect(bar).toContain('<a href="/">Overview</a>');
      expect(bar).toContain(`<span>${name} `);
      expect(bar).toContain('action="/sign-out"');
      expect(page.indexOf(bar)).toBeLessThan(page.indexOf('<div id="root">'));
    }
    for (const file of ['board.css', 'board.js']) {
      expect((await people.viewer.get(`/assets/${file}`)).status).toBe(200);
    }
  });

  it('may load and call nothing but this dashboard, and be framed by nobody', async () => {
    const policy = (await people.admin.get('/queues/')).headers.get('content-security-policy') ?? '';
    const directives = Object.fromEntries(policy.split(';').map((part) => part.trim().split(/ (.*)/s)));
    expect(directives).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self' 'unsafe-inline'",
      'img-src': "'self' data:",
      'font-src': "'self'",
      'connect-src': "'self'",
      'worker-src': "'self'",
      'form-action': "'self'",
      'base-uri': "'self'",
      'frame-ancestors': "'none'",
    });
  });

  it('finds its own scripts and styles, which browsers may keep', async () => {
    const page = await (await people.viewer.get('/queues/')).text();
    const files = [...page.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => file);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const answer = await people.viewer.get(`/queues/${file}`);
      expect({ file, status: answer.status }).toEqual({ file, status: 200 });
      expect(answer.headers.get('cache-control')).not.toContain('no-store');
      expect((await answer.text()).length).toBeGreaterThan(100);
    }
  });

  it('is told to hide the Redis host from viewers and the link to its documentation from all', async () => {
    const config = async (who: Visitor) => {
      const page = await (await who.get('/queues/')).text();
      const json = page.match(/<script id="__UI_CONFIG__" type="application\/json">(.*?)<\/script>/s)?.[1] ?? '';
      return JSON.parse(json) as Record<string, unknown>;
    };
    expect(await config(people.viewer)).toMatchObject({ hideRedisDetails: true, hideDocsLink: true });
    expect(await config(people.admin)).toMatchObject({ hideRedisDetails: false, hideDocsLink: true });
  });

  it('still has the buttons that our style hides, under the names it hides them by', () => {
    const icons = [...boardStyle.matchAll(/\.lucide-([a-z0-9-]+)/g)].map(([, icon = '']) => icon);
    const classes = [...boardStyle.matchAll(/class\*="([A-Za-z]+-)"/g)].map(([, name = '']) => name);
    const [scripts, styles] = [filesOf('.js'), filesOf('.css')];
    expect(icons.length).toBeGreaterThan(6);
    for (const icon of new Set(icons))
      expect({ icon, known: scripts.includes(`"${icon}"`) }).toEqual({ icon, known: true });
    for (const name of new Set(classes)) {
      expect({ name, known: new RegExp(`[".]${name}\\w{6}`).test(scripts + styles) }).toEqual({ name, known: true });
    }
  });
});
