const numbers = new Intl.NumberFormat('en-GB');

/** 12,345 */
export function count(value: number): string {
  return numbers.format(value);
}

/** '1 item', '2 items' */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Rounded down, so that 100 % means all of it. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const share = (part / whole) * 100;
  return share > 0 && share < 1 ? 'under 1 %' : `${Math.floor(share)} %`;
}

const units = [
  { name: 'day', ms: 86_400_000 },
  { name: 'hour', ms: 3_600_000 },
  { name: 'minute', ms: 60_000 },
  { name: 'second', ms: 1_000 },
] as const;

/** '3 minutes', in the greatest unit that fits. */
export function duration(ms: number): string {
  for (const unit of units) {
    if (ms >= unit.ms) return counted(Math.floor(ms / unit.ms), unit.name);
  }
  return 'under a second';
}

/** '2026-11-21 20:59:03 UTC' */
export function utc(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
