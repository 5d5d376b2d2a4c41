/**
 * What lies between a call and its answer, ms. On the way: half of it each way, drawn afresh for each, so that calls do not arrive
 * in the pace at which they left. At the server: all of it after the call was counted.
 */
export interface Delay {
  text: string;
  leastMs: number;
  mostMs: number;
  where: 'on the way' | 'at the server';
}

const form = /^(\d+)(?:-(\d+))?(@server)?$/;

/** Reads `20-320` (on the way), `400@server` or `10-50@server`. */
export function parseDelay(text: string): Delay {
  const [, least, most = least, server] = form.exec(text) ?? [];
  const [leastMs, mostMs] = [Number(least), Number(most)];
  if (least === undefined || leastMs > mostMs) {
    throw new RangeError(`a latency is <ms> or <ms>-<ms>, with @server behind it or without, and not '${text}'`);
  }
  return { text, leastMs, mostMs, where: server === undefined ? 'on the way' : 'at the server' };
}

export const meanMs = ({ leastMs, mostMs }: Delay): number => (leastMs + mostMs) / 2;

/** By how much one call can take longer than another to arrive. */
export const oneWaySpreadMs = ({ leastMs, mostMs, where }: Delay): number =>
  where === 'on the way' ? (mostMs - leastMs) / 2 : 0;

export const delayTitle = ({ leastMs, mostMs, where }: Delay): string =>
  `${leastMs === mostMs ? leastMs : `${leastMs}-${mostMs}`} ms ${where}`;
