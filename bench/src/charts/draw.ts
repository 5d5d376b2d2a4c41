import { type BarSeriesOption, BarChart as Bars, type LineSeriesOption, LineChart as Lines } from 'echarts/charts';
import {
  GridComponent,
  type GridComponentOption,
  LegendComponent,
  type LegendComponentOption,
  MarkLineComponent,
  type MarkLineComponentOption,
  TitleComponent,
  type TitleComponentOption,
} from 'echarts/components';
import { type ComposeOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { BarChart, Chart, LineChart } from './chart.ts';
import type { Theme } from './theme.ts';

use([Bars, Lines, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

type Option = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | GridComponentOption
  | LegendComponentOption
  | MarkLineComponentOption
  | TitleComponentOption
>;

const width = 820;
const barHeight = 38;
const lineChartHeight = 320;
const labelsWidth = 260;
const notesWidth = 170;
const font = "-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif";
/** Of the text in the charts, px. */
const textSize = 13;

/** Draws a chart as SVG. The same chart and theme give the same text, whatever was drawn before. */
export function draw(chart: Chart, theme: Theme): string {
  const height = chart.form === 'bars' ? 110 + chart.bars.length * barHeight : lineChartHeight;
  const canvas = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    canvas.setOption(chart.form === 'bars' ? barsOf(chart, theme) : linesOf(chart, theme));
    return withPlainIds(canvas.renderToSVGString());
  } finally {
    canvas.dispose();
  }
}

/** echarts numbers its drawings and all their parts from the start of the process. */
function withPlainIds(svg: string): string {
  const numbers = new Map<string, number>();
  return `${svg.replaceAll(/\bzr\d+-[a-z]+-?\d+\b/g, (id) => {
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return `part-${number}`;
  })}\n`;
}

function common(title: string, theme: Theme): Option {
  return {
    animation: false,
    textStyle: { fontFamily: font, fontSize: textSize, color: theme.text },
    title: { text: title, left: 0, top: 0, textStyle: { color: theme.text, fontSize: 16, fontWeight: 600 } },
  };
}

function limitOf({ limit }: Chart, theme: Theme, way: 'xAxis' | 'yAxis') {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: theme.limit, type: 'dashed' as const, width: 1.5 },
    label: {
      formatter: limit.label,
      color: theme.limit,
      fontSize: textSize,
      position: way === 'xAxis' ? ('start' as const) : ('insideEndTop' as const),
    },
    data: [{ [way]: limit.value }],
  };
}

const axisLooks = (theme: Theme) => ({
  axisLabel: { color: theme.text, fontSize: textSize },
  axisLine: { lineStyle: { color: theme.faint } },
  splitLine: { lineStyle: { color: theme.faint } },
  nameTextStyle: { color: theme.text, fontSize: textSize },
  axisTick: { show: false },
});

/** The notes are the labels of a second axis: behind the bars they would lie across the limit. */
function barsOf(chart: BarChart, theme: Theme): Option {
  const looks = axisLooks(theme);
  const names = { type: 'category' as const, inverse: true, ...looks, splitLine: { show: false } };
  const labels = chart.bars.map(({ label }) => label);
  return {
    ...common(chart.title, theme),
    grid: { left: labelsWidth, right: notesWidth, top: 62, bottom: 48 },
    xAxis: { type: 'value', min: 0, max: chart.most, name: chart.axis, nameLocation: 'middle', nameGap: 30, ...looks },
    yAxis: [
      { ...names, axisLabel: { ...looks.axisLabel, width: labelsWidth - 16, overflow: 'break' }, data: labels },
      { ...names, data: chart.bars.map(({ note }) => note), position: 'right', axisLine: { show: false } },
    ],
    series: [
      {
        type: 'bar',
        barWidth: '62%',
        silent: true,
        data: chart.bars.map(({ value, isOurs }) => ({
          value,
          itemStyle: { color: isOurs ? theme.ours : theme.others },
        })),
        markLine: limitOf(chart, theme, 'xAxis'),
      },
      // Without a series echarts draws no axis.
      { type: 'bar', yAxisIndex: 1, data: [] },
    ],
  };
}

function linesOf(chart: LineChart, theme: Theme): Option {
  const looks = axisLooks(theme);
  return {
    ...common(chart.title, theme),
    color: [theme.ours, theme.others],
    legend: { right: 0, top: 0, textStyle: { color: theme.text, fontSize: textSize }, icon: 'roundRect' },
    grid: { left: 48, right: 24, top: 72, bottom: 48 },
    xAxis: {
      type: 'log',
      name: chart.xAxis,
      nameLocation: 'middle',
      nameGap: 30,
      ...looks,
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: chart.most,
      name: chart.yAxis,
      ...looks,
      nameTextStyle: { ...looks.nameTextStyle, align: 'left', padding: [0, 0, 0, -48] },
    },
    series: chart.lines.map(({ label, points }, i) => ({
      type: 'line',
      name: label,
      silent: true,
      symbol: 'circle',
      symbolSize: 7,
      data: points,
      ...(i === 0 && { markLine: limitOf(chart, theme, 'yAxis') }),
    })),
  };
}
