import { MessageChannel } from 'node:worker_threads';

/** What is handed to a closed port arrives nowhere, and is freed. */
const { port1: nowhere } = new MessageChannel();
nowhere.close();

/** Smaller ones are left to V8: freeing them one by one costs more than they hold. */
const leastBytes = 8 * 1024;

/**
 * Frees a buffer's memory at once, and leaves it empty; a small one, and one that is a part of other memory, stays. V8 would
 * collect the pieces of a body only once they come to 32 MB, since the few objects they are weigh nothing.
 */
export function freeMemory(buffer: Buffer): void {
  if (buffer.byteLength < leastBytes) return;
  const memory = buffer.buffer;
  if (memory instanceof ArrayBuffer && memory.byteLength === buffer.byteLength)
    nowhere.postMessage(undefined, [memory]);
}
