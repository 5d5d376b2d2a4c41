import type { Evidence, Finding } from './evidence.ts';

/** Of a job that was taken in or refused no item is left in any key of BullMQ's (invariant 9). */
export function checkPrivate({ keysWithItems }: Evidence): Finding[] {
  if (keysWithItems.length === 0) return [];
  const what = `${keysWithItems.length} keys of BullMQ hold an item: ${keysWithItems.slice(0, 3).join(', ')}`;
  return [{ rule: "no item in BullMQ's jobs (invariant 9)", what }];
}
