// Writes the JSON Schemas of plain jobs into docs/jobs; a test says when they are old.
import { mkdirSync, writeFileSync } from 'node:fs';
import { jobSchema } from '../dist/intake/job-schemas.js';

const folder = new URL('../../../docs/jobs/', import.meta.url);
const names = { deletion: 'delete', resubmission: 'resubmit' };

mkdirSync(folder, { recursive: true });
for (const [kind, name] of Object.entries(names)) {
  writeFileSync(new URL(`${name}.schema.json`, folder), `${JSON.stringify(jobSchema(kind), null, 2)}\n`);
}
