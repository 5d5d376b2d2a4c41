/**
 * Preloaded into a worker: SIGUSR2 blocks its event loop for BLOCK_LOOP_MS, as a computation without end would, but takes no
 * processor from the others.
 */
const blockMs = Number(process.env.BLOCK_LOOP_MS);
const never = new Int32Array(new SharedArrayBuffer(4));

process.on('SIGUSR2', () => {
  process.stderr.write(`the event loop is blocked for ${blockMs} ms\n`);
  Atomics.wait(never, 0, 0, blockMs);
});

export {};
