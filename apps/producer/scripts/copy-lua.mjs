// tsc copies no .lua files: put each beside the compiled module that names it.
import { cpSync, statSync } from 'node:fs';

cpSync(new URL('../src', import.meta.url), new URL('../dist', import.meta.url), {
  recursive: true,
  filter: (path) => path.endsWith('.lua') || statSync(path).isDirectory(),
});
