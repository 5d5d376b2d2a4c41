import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { MemoryQueue } from './support/memory-queue.ts';
import { problemIn } from './support/problem.ts';
import { startProducer, type TestProducer } from './support/test-producer.ts';

leakGuard();

describe('the page of the API', () => {
  let producer: TestProducer;
  let page: Response;
  let html: string;

  beforeAll(async () => {
    producer = await startProducer({ queue: new MemoryQueue(), findKey: () => undefined });
    page = await producer.fetch('/docs');
    html = await page.text();
  });
  afterAll(async () => await producer.stop());

  test('is there for whoever has no token yet, and says so to be a page', () => {
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  test('lets a browser load, run and send nothing but what is served here', () => {
    const policy = page.headers.get('content-security-policy') ?? '';
    const sources = policy.split('; ').flatMap((directive) => directive.split(' ').slice(1));
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(new Set(sources)).toEqual(new Set(["'none'", "'self'", 'data:']));
    expect(html).not.toMatch(/<script(?! src=)|<style| style=| on\w+=/);
  });

  test('refers to files that are there, each of the type that a browser insists on', async () => {
    const links = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link = '']) => link);
    const types: Record<string, RegExp> = {
      js: /javascript/,
      css: /css/,
      png: /image\/png/,
      json: /application\/json/,
    };
    expect(links).toHaveLength(6);
    for (const link of links) {
      expect(link).toMatch(/^\/(docs\/[\w.-]+|openapi\.json)$/);
      const file = await fetch(`${producer.url}${link}`);
      expect(file.status).toBe(200);
      expect(file.headers.get('content-type')).toMatch(types[link.split('.').at(-1) ?? ''] ?? /^$/);
      const text = await file.text();
      if (link.endsWith('.css')) expect(text.match(/@import|url\((?!"?data:)[^)]*/g)).toBeNull();
    }
    const show = await (await fetch(`${producer.url}/docs/show.js`)).text();
    expect(show).toContain("url: '/openapi.json'");
    expect(show).toContain('validatorUrl: null');
  });

  test.each(['index.html', 'swagger-initializer.js', 'package.json', '../package.json', '%2e%2e/package.json'])(
    'shows no other file: %s',
    async (name) => {
      const response = await producer.fetch(`/docs/${name}`);
      expect((await problemIn(response)).status).toBe(404);
    },
  );
});
