// Draws the charts of the last hours with uPlot, which is loaded once they come into view. Their numbers stand in a table as well.
const everyMs = 60_000;
/** Steps of the time axis, in seconds: there is a number for each minute, and none in between. */
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120].map((minutes) => minutes * 60);
const frame = document.querySelector('[data-charts]');
const drawn = new Map();
let data;

function load(tag, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.addEventListener('load', resolve, { once: true });
    element.addEventListener('error', reject, { once: true });
    document.head.append(element);
  });
}

/** The colour of an element as it is now: light and dark are the style sheet's business. */
const inkOf = (element) => getComputedStyle(element).color;

function draw({ id, seconds, series }) {
  const plot = document.getElementById(id);
  if (plot === null) return;
  const legend = [...plot.parentElement.querySelectorAll('.legend li')];
  const soft = inkOf(plot);
  const grid = { stroke: inkOf(plot.parentElement), width: 1 };
  const axis = { stroke: soft, grid, ticks: grid, font: '12px system-ui, sans-serif' };
  const options = {
    width: plot.clientWidth,
    height: 180,
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    // As every other time here, and in the table below: two people on the telephone see the same.
    tzDate: (at) => globalThis.uPlot.tzDate(new Date(at * 1000), 'Etc/UTC'),
    axes: [
      {
        ...axis,
        incrs: timeSteps,
        values: (_plot, splits) => splits.map((at) => new Date(at * 1000).toISOString().slice(11, 16)),
      },
      { ...axis, size: 60, values: (_plot, splits) => splits.map((value) => value.toLocaleString('en-GB')) },
    ],
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.05)] } },
    series: [
      {},
      ...series.map((_line, index) => ({
        stroke: inkOf(legend[index]),
        width: 1.75,
        points: { show: seconds.length < 3 },
        ...(legend[index].classList.contains('dashed') ? { dash: [5, 4] } : {}),
      })),
    ],
  };
  drawn.get(id)?.destroy();
  drawn.set(id, new globalThis.uPlot(options, [seconds, ...series], plot));
}

function drawAll() {
  const hasAny = data.some(({ seconds }) => seconds.length > 0);
  frame.hidden = !hasAny;
  if (hasAny) data.forEach(draw);
}

async function refresh() {
  if (document.hidden) return;
  const response = await fetch(frame.dataset.charts, { headers: { Accept: 'application/json' } }).catch(
    () => undefined,
  );
  if (!response?.ok) return;
  data = await response.json();
  drawAll();
}

async function begin() {
  await Promise.all([
    load('link', { rel: 'stylesheet', href: '/assets/uplot/uPlot.min.css' }),
    load('script', { src: '/assets/uplot/uPlot.iife.min.js' }),
  ]);
  await refresh();
  setInterval(() => void refresh(), everyMs);
  const redraw = () => data !== undefined && drawAll();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  let width = frame.clientWidth;
  new ResizeObserver(() => {
    if (frame.clientWidth === width || frame.clientWidth === 0) return;
    width = frame.clientWidth;
    redraw();
  }).observe(frame);
}

function onScroll(entries) {
  if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
  seen.disconnect();
  // Without the library the table is what there is.
  begin().catch(() => undefined);
}

const seen = new IntersectionObserver(onScroll, { rootMargin: '300px' });
// The frame is hidden until it is drawn: what is looked for is the card around it.
if (frame !== null) seen.observe(frame.parentElement);
