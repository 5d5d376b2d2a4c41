import { kinds } from '@session-queue/core';
import type { MinuteTotals } from './chart-history.ts';

/** A chart as the script in the browser draws it: seconds since 1970, and a line of numbers for each series. */
interface ChartData {
  id: string;
  seconds: number[];
  series: number[][];
}

/** The data of the four charts; the page has their titles, and the script their colours. */
export function chartData(minutes: readonly MinuteTotals[]): ChartData[] {
  const seconds = minutes.map(({ at }) => at / 1_000);
  const line = (amount: (minute: MinuteTotals) => number) => minutes.map((minute) => round(amount(minute)));
  return [
    { id: 'chart-done', seconds, series: kinds.map((kind) => line((minute) => minute[kind].done)) },
    { id: 'chart-pending', seconds, series: kinds.map((kind) => line((minute) => minute[kind].pending)) },
    ...kinds.map((kind) => ({
      id: `chart-calls-${kind}`,
      seconds,
      series: [
        line((minute) => minute[kind].calls),
        line((minute) => minute[kind].allowed),
        line((minute) => minute[kind].tooMany),
      ],
    })),
  ];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
