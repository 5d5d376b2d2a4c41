/** When a job is first asked for after its batch was sent. */
export const firstPollMs = 1_000;
const longestMs = 60_000;

/** How long to wait before asking again for a job of this age: a tenth of it, from 1 s to 60 s. */
export function nextPollMs(ageMs: number): number {
  return Math.min(longestMs, Math.max(firstPollMs, ageMs / 10));
}
