import { type Benchmark, type BenchmarkContext, count, listParameter, parameter, type Result } from '../benchmark.ts';
import { type Measured, measure } from '../tombstones/measure.ts';

const sizesOf = { quick: [10_000], default: [100_000], full: [100_000, 1_000_000] } as const;
const mostBytes = 60;
const extrapolated = 10_000_000;

export const tombstones: Benchmark = {
  name: 'tombstones',
  shows:
    'what the memory of deleted sessions costs Redis an id, with all overhead, and how fast what was deleted flows by',
  async run(context: BenchmarkContext): Promise<Result> {
    const sizes = listParameter(context, 'ids', sizesOf[context.size], count);
    const again = parameter(context, 'again', 20_000);
    const all: Measured[] = [];
    for (const ids of sizes) {
      const measured = await measure({ ids, again: Math.min(again, ids) });
      all.push(measured);
      context.say(`${ids.toLocaleString('en')} tombstones: ${measured.bytes.toFixed(1)} bytes each`);
    }
    return report(all, { sizes, again });
  },
};

function report(all: readonly Measured[], parameters: Result['parameters']): Result {
  return {
    benchmark: 'tombstones',
    parameters,
    tables: [
      {
        title: 'Tombstones: Redis bytes and processor time an id',
        head: [
          'tombstones',
          'bytes each',
          'as 10,000,000 MB',
          'deleted without, µs',
          'with, µs',
          'already deleted a second',
        ],
        rows: all.map((one) => [
          one.ids.toLocaleString('en'),
          one.bytes.toFixed(1),
          ((one.bytes * extrapolated) / 1_000_000).toFixed(0),
          one.deletedWithoutUs.toFixed(1),
          one.deletedUs.toFixed(1),
          Math.round(one.againPerSecond).toLocaleString('en'),
        ]),
      },
    ],
    figures: all.map(({ ids, bytes }) => ({
      name: `one of ${ids.toLocaleString('en')} tombstones`,
      value: bytes,
      unit: 'bytes',
      // Counted, not timed: the same on every machine.
      isRatio: true,
      better: 'lower',
      target: { words: `under ${mostBytes}`, met: bytes < mostBytes },
    })),
    notes: ["Bytes are by how much Redis's own used_memory grew, divided by the tombstones."],
  };
}
