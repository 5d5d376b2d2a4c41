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

/** Rounded to what one can tell: '12', '0.5', 'none' */
export function rate(perMinute: number): string {
  if (perMinute === 0) return 'none';
  return perMinute < 10 ? String(Math.max(0.1, Math.round(perMinute * 10) / 10)) : count(Math.round(perMinute));
}

/** 'just now', '3 minutes ago': in steps of minutes, so that a page that is kept up to date does not change all the time. */
export function ago(ms: number): string {
  return ms < 60_000 ? 'just now' : `${duration(ms)} ago`;
}

/** 'in 3 minutes', '2 days ago'; what is to come is rounded to the nearest, so that 30 days are so a second later too. */
export function fromNow(ms: number): string {
  if (ms <= 0) return ago(-ms);
  const unit = units.find((of) => ms >= of.ms - of.ms / 1_000);
  return `in ${unit === undefined ? duration(ms) : duration(Math.round(ms / unit.ms) * unit.ms)}`;
}

/** '14:30 UTC', with the day where that is not today's. */
export function clockTime(ms: number, now: number): string {
  const [day = '', time = ''] = new Date(ms).toISOString().split('T');
  const isToday = new Date(now).toISOString().startsWith(day);
  return `${isToday ? '' : `${day} `}${time.slice(0, 5)} UTC`;
}

const binary = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** '3.4 MB', in steps of 1,024. */
export function bytes(value: number): string {
  const step = Math.min(binary.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10));
  const amount = value / 1024 ** step;
  return `${amount < 10 && step > 0 ? amount.toFixed(1) : Math.round(amount)} ${binary[step]}`;
}

/** 'Deletions', 'Resubmissions' */
export const kindTitles = { deletion: 'Deletions', resubmission: 'Resubmissions' } as const;
