import type { WatchDisplay } from '../output/watch-display.ts';
import type { Terminal } from '../terminal.ts';

const lookEveryMs = 1_000;

/** Looks again and again, and shows it, until it is over; `undefined` when the person interrupts. */
export async function follow<T>(
  terminal: Terminal,
  display: WatchDisplay<T>,
  look: () => Promise<T>,
  isOver: (seen: T) => boolean,
): Promise<T | undefined> {
  try {
    for (;;) {
      const seen = await look();
      display.show(seen, isOver(seen));
      if (isOver(seen)) return seen;
      await terminal.pause(lookEveryMs);
      if (terminal.interrupted.aborted) return undefined;
    }
  } finally {
    display.end();
  }
}
