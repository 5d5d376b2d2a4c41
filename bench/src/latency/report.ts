import type { Figure, Result } from '../benchmark.ts';
import { percentile } from '../measures/percentile.ts';

/** Milliseconds to the arrival of the call. From acceptance it may be negative: the worker can be faster than the answer. */
export interface Sample {
  fromAsked: number;
  fromAccepted: number;
}

export interface Series {
  title: string;
  way: 'http' | 'library';
  samples: readonly Sample[];
}

export interface Setting {
  samples: number;
  backlog: number;
  replicas: number;
  /** Calls that the backlog was given meanwhile. */
  busyCalls: number;
}

const ways = { http: 'HTTP, from the 202', library: 'library, from its return' } as const;

export function report(all: readonly Series[], { busyCalls, ...parameters }: Setting): Result {
  const rows = all.map(({ title, way, samples }) => {
    const accepted = samples.map(({ fromAccepted }) => fromAccepted);
    const asked = samples.map(({ fromAsked }) => fromAsked);
    const times = [
      percentile(accepted, 0.5),
      percentile(accepted, 0.99),
      Math.max(...accepted),
      percentile(asked, 0.5),
      percentile(asked, 0.99),
    ];
    return [title, ways[way], samples.length, ...times.map((ms) => ms.toFixed(1))];
  });
  const figures = all.flatMap(({ title, way, samples }) => {
    const accepted = samples.map(({ fromAccepted }) => fromAccepted);
    return [
      aim(`${title}, ${ways[way]}, p50`, percentile(accepted, 0.5), 30),
      aim(`${title}, ${ways[way]}, p99`, percentile(accepted, 0.99), 150),
    ];
  });
  const half = all.length / 2;
  const middle = (some: readonly Series[]) =>
    percentile(
      some.flatMap(({ samples }) => samples.map(({ fromAsked }) => fromAsked)),
      0.5,
    );
  figures.push({
    name: 'p50 from the asking, beside a backlog and without',
    value: middle(all.slice(half)) / middle(all.slice(0, half)),
    unit: 'times',
    // Of a few milliseconds each: on a busy machine they differ by half from run to run.
    isRatio: false,
    better: 'lower',
  });
  return {
    benchmark: 'latency',
    parameters,
    tables: [
      {
        title: 'A lone request: milliseconds to the arrival of its call at Learnosity',
        head: ['', 'way', 'requests', 'p50', 'p99', 'longest', 'from asking, p50', 'p99'],
        rows,
      },
    ],
    figures,
    notes: [`The backlog was given ${busyCalls} calls meanwhile.`],
  };
}

function aim(name: string, value: number, under: number): Figure {
  const target = { words: `under ${under}`, met: value < under };
  return { name, value, unit: 'ms', isRatio: false, better: 'lower', target };
}
