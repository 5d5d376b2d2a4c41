/** Text from outside, harmless on a terminal: control characters could move the cursor or recolour it. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}

/** A number as people read it. */
export function readable(count: number): string {
  return count.toLocaleString('en');
}

/** '1 item', '2,000 items' */
export function counted(count: number, noun: string): string {
  return `${readable(count)} ${noun}${count === 1 ? '' : 's'}`;
}

const spans = [
  ['d', 24 * 3600],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** A time as its two largest parts: '2 d 3 h', '4 min 35 s', '0 s'. */
export function spanOfTime(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const first = spans.findIndex(([, size]) => rest >= size);
  if (first === -1) return '0 s';
  const parts: string[] = [];
  for (const [name, size] of spans.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(' ');
}

/** How long ago a moment was, in its largest part: '3 h ago'. */
export function ago(moment: string, nowMs: number): string {
  const seconds = (nowMs - Date.parse(moment)) / 1000;
  if (seconds < 1) return 'now';
  const [name, size] = spans.find(([, size]) => seconds >= size) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${name} ago`;
}
