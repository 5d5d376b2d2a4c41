import type { Kind } from '@session-queue/core';

/** One of each kind. */
export function forEachKind<T>(make: (kind: Kind) => T): Record<Kind, T> {
  return { deletion: make('deletion'), resubmission: make('resubmission') };
}
