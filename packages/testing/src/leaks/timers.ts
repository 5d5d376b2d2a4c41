/** Watches the timers of this realm (in Jest: of this test file and everything it imports). */
export interface TimerWatch {
  /** Where each timer was set that still waits and keeps the process alive. */
  alive(): string[];
}

const pruneEvery = 1_000;

/** From now on notes every `setTimeout` and `setInterval`. Timers of `node:timers/promises` are not seen. */
export function watchTimers(): TimerWatch {
  const timers = new Map<NodeJS.Timeout, string>();
  const note = (timer: unknown): void => {
    if (!isTimer(timer)) return;
    timers.set(timer, placeOfCall());
    if (timers.size % pruneEvery === 0) prune(timers);
  };
  for (const name of ['setTimeout', 'setInterval'] as const) {
    // A Proxy keeps the function's other properties, such as the one that util.promisify looks for.
    const watched = new Proxy(globalThis[name], {
      apply: (target, self, parameters) => {
        const timer: unknown = Reflect.apply(target, self, parameters);
        note(timer);
        return timer;
      },
    });
    Reflect.set(globalThis, name, watched);
  }
  return {
    alive: () => {
      prune(timers);
      return [...timers].filter(([timer]) => timer.hasRef()).map(([, place]) => place);
    },
  };
}

function isTimer(value: unknown): value is NodeJS.Timeout {
  return typeof value === 'object' && value !== null && 'hasRef' in value;
}

function prune(timers: Map<NodeJS.Timeout, string>): void {
  for (const timer of timers.keys()) {
    // Node says in no public way whether a timer has fired or was cleared.
    if (Reflect.get(timer, '_destroyed') === true) timers.delete(timer);
  }
}

function placeOfCall(): string {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  const place = frames.find((frame) => !frame.includes('/leaks/timers.') && !frame.includes('(node:'));
  return place?.trim().replace(/^at /, '') ?? 'unknown place';
}
