import { defineScript, type Script } from '../redis/script.ts';

const changes = new URL('./scripts/changes.lua', import.meta.url);

/** A script that changes what lies in the keys of all consumers, and tells the journals of evidence. It may run when memory is short (invariant 12). */
export function changeScript(file: URL): Script {
  return defineScript({ file: [changes, file], flags: ['allow-oom'] });
}

/** The consumers under evidence, as `changeScript` wants it among its keys. */
export function evidencedKey(prefix: string): string {
  return `{${prefix}}:evidence`;
}
