import { readFileSync } from 'node:fs';
import { mean, type Point, slopeOf } from '@session-queue/testing';

/** How something grew, by a straight line through all its soundings (least squares) once it had warmed up. */
export interface Slope {
  of: string;
  unit: 'MB' | 'keys';
  perMinute: number;
  mean: number;
  /** How long it was watched. */
  minutes: number;
  soundings: number;
  /** It grew by more than the bound; of what was watched for a short time nothing is said. */
  grows: boolean;
}

/** Within less a process still warms up, and what Redis holds follows what was done in the last minute. */
const judgedFromMinutes = 8;
/** What a straight line may rise by over all the time that it was watched: a part of its mean, and at least so much. */
const mostRise = { share: 0.1, least: { MB: 10, keys: 300 } };

interface Series {
  unit: Slope['unit'];
  points: Point[];
}

/** Sizes over time: of processes, each run of its own, and of what Redis holds. */
export class Growth {
  readonly #series = new Map<string, Series>();
  readonly #minutes: () => number;

  constructor(minutes: () => number = () => performance.now() / 60_000) {
    this.#minutes = minutes;
  }

  note(of: string, unit: Slope['unit'], y: number): void {
    const series = this.#series.get(of) ?? { unit, points: [] };
    this.#series.set(of, series);
    series.points.push({ x: this.#minutes(), y });
  }

  /**
   * The slopes of those that were watched for long enough. The warm-up, in minutes, is cut off of each by itself: a process that was
   * started late warms up late.
   */
  slopes(warmUp: number, leastMinutes: number): Slope[] {
    return [...this.#series].flatMap(([of, { unit, points }]) => {
      const from = (points[0]?.x ?? 0) + warmUp;
      const warm = points.filter(({ x }) => x >= from);
      const minutes = (warm.at(-1)?.x ?? from) - from;
      if (minutes < leastMinutes) return [];
      const perMinute = slopeOf(warm);
      const middle = mean(warm.map(({ y }) => y));
      const most = Math.max(mostRise.least[unit], mostRise.share * middle);
      const grows = minutes >= judgedFromMinutes && perMinute * minutes > most;
      return [{ of, unit, perMinute, mean: middle, minutes, soundings: warm.length, grows }];
    });
  }
}

export function saySlope({ of, unit, perMinute, mean: middle, minutes, soundings, grows }: Slope): string {
  const size = unit === 'MB' ? middle.toFixed(1) : Math.round(middle).toLocaleString('en');
  const sign = perMinute < 0 ? '' : '+';
  const told = `${of}: ${size} ${unit}, ${sign}${perMinute.toFixed(3)} a minute over ${minutes.toFixed(1)} minutes (${soundings} soundings)`;
  return grows ? `${told}: it grows` : told;
}

/** What a living process holds in memory now, in MB, by Linux's own count. */
export function memoryMb(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(found?.[1] ?? 0) / 1_024;
}
