import { readFileSync } from 'node:fs';
import { z } from 'zod';

const packageFile = readFileSync(new URL('../package.json', import.meta.url), 'utf8');

/** The version of this package, which is that of the producer and of its command line. */
export const ownVersion = z.object({ version: z.string() }).parse(JSON.parse(packageFile)).version;
