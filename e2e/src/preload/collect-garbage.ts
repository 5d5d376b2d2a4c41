/**
 * Preloaded into a process: it collects all its garbage every COLLECT_EVERY_MS, so that the memory it takes is what it holds, and not
 * what V8 has not come round to yet.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');
if (typeof collect !== 'function') throw new Error('V8 does not expose its collector');
setInterval(() => collect(), Number(process.env.COLLECT_EVERY_MS)).unref();
