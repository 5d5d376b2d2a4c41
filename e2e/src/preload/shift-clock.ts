/**
 * Preloaded into a worker: its `Date` is CLOCK_SHIFT_MS ahead (or behind, below zero) until SIGUSR2 sets it right, in one jump.
 * Timers and `performance.now()` go on as they are, as they do when a machine's clock is set wrong.
 */
const Real = Date;
let shiftMs = Number(process.env.CLOCK_SHIFT_MS);
const now = () => Real.now() + shiftMs;

globalThis.Date = new Proxy(Real, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new Real(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});

process.on('SIGUSR2', () => {
  shiftMs = 0;
  process.stderr.write('the clock is set right\n');
});

export {};
