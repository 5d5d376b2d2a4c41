/** How the removal of a session goes on after its job has completed. Milliseconds from the completion. */
export interface Removal {
  /** So long `/sessions/metadata` goes on showing it. */
  readonly lingersMs: number;
  /** After this the session exists again, as it was. Null: never. */
  readonly reappearsMs: number | null;
}

/** By the numbers of sessions. */
export type Removals = ReadonlyMap<number, Removal>;

/** A removal that was not at once and for good: until when the session lingers, and from when it is back. Epoch ms. */
export interface Afterlife {
  readonly shownUntil: number;
  readonly reappearsAt: number | null;
}

export function afterlifeOf({ lingersMs, reappearsMs }: Removal, deletedAt: number): Afterlife {
  return {
    shownUntil: deletedAt + lingersMs,
    reappearsAt: reappearsMs === null ? null : deletedAt + reappearsMs,
  };
}

/** Whether the session of this removal exists again. */
export function isBack(afterlife: Afterlife | undefined, now: number): boolean {
  return afterlife !== undefined && afterlife.reappearsAt !== null && now >= afterlife.reappearsAt;
}
