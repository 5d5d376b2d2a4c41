import { itemFault, type Kind } from '@session-queue/core';
import type { FaultList } from '../problems/field-faults.ts';

/** The same list, now known to hold good items only; otherwise its faults, each by index, go to `faults`. */
export function checkItems(kind: Kind, field: string, items: readonly unknown[], faults: FaultList): string[] {
  const good: string[] = [];
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    const fault = itemFault(kind, item);
    if (fault !== undefined) faults.add(`${field}[${index}]`, fault);
    else if (typeof item === 'string') good.push(item);
  }
  return good;
}
