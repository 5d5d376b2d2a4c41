import { readFileSync } from 'node:fs';
import { z } from 'zod';

const packageFile = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');

/** The version of Session Queue: all of its packages have the same. */
export const ownVersion = z.object({ version: z.string() }).parse(JSON.parse(packageFile)).version;
