// Writes docs/openapi.json; a test says when it is old.
import { writeFileSync } from 'node:fs';
import { openApiDocument } from '../dist/openapi/document.js';

const file = new URL('../../../docs/openapi.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
