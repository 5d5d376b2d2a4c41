import { readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apps, inProject, root } from './apps.ts';

const packages = [
  ...apps.map((app) => `apps/${app}`),
  'packages/core',
  'packages/s3-archive',
  'packages/tracing',
  'packages/fake-learnosity',
];
const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

const declaredImport = /^(?:import|export)(?: [^;'"=]* from)? ['"]([^'"]+)['"];$/gm;
const calledImport = /\b(?:import|createRequire\(import\.meta\.url\)\.resolve)\(['"]([^'"]+)['"]\)/gm;

/** The packages that a compiled file names for Node to look up. */
function packagesOf(file: string): string[] {
  const text = inProject(file);
  return [declaredImport, calledImport]
    .flatMap((form) => [...text.matchAll(form)].map(([, name = '']) => name))
    .filter((name) => !name.startsWith('.') && !isBuiltin(name))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
}

function compiled(path: string): string[] {
  const files = readdirSync(join(root, path, 'dist'), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.js')).map((file) => `${path}/dist/${file}`);
}

describe.each(packages)('what the image has of %s', (path) => {
  test('imports packages that are installed for production', () => {
    const manifest = manifestSchema.parse(JSON.parse(inProject(`${path}/package.json`)));
    const installed = new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));
    const missing = compiled(path).flatMap((file) =>
      packagesOf(file)
        .filter((name) => !installed.has(name))
        .map((name) => `${name} in ${file}`),
    );
    expect(missing).toEqual([]);
  });
});

test('the imports of a compiled file are found, whatever their form', () => {
  const used = packages.flatMap((path) => compiled(path).flatMap((file) => packagesOf(file)));
  // Declared, of a scope, and resolved by a call.
  expect(used).toEqual(expect.arrayContaining(['zod', '@session-queue/core', 'swagger-ui-dist']));
});
