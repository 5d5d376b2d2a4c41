import { defineScript, type Script } from '../redis/script.ts';

const shared = [
  'consumer',
  'quota',
  'attempts',
  'stops',
  'rotation',
  'deadlines',
  'figures',
  'verification',
  'evidence',
  'requests',
  'approvals',
  'daily-cap',
  'legal-hold',
  'batches',
  'hash-table',
].map((name) => new URL(`./shared/${name}.lua`, import.meta.url));

/** A script of a consumer: the shared functions, further files, then its own. It may run when memory is short (invariant 12). */
export function consumerScript(...files: URL[]): Script {
  return defineScript({ file: [...shared, ...files], flags: ['allow-oom'] });
}
