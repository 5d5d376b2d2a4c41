import fc from 'fast-check';
import { itemMarkers } from '../load/asks.ts';

export interface CasesOptions<Case> {
  name: string;
  seed: number;
  count: number;
  /** Cases under way at once. */
  atOnce: number;
  cases: fc.Arbitrary<Case>;
  /** Does one, and says what is wrong; `undefined` when nothing is. */
  check: (one: Case) => Promise<string | undefined>;
  describe: (one: Case) => string;
}

export interface CasesRun {
  ran: number;
  /** What went wrong, each with the smallest case that shows it. */
  faults: string[];
}

/** Shrinking sends requests too: it ends after so many, or so long. */
const mostShrinks = 60;
const shrinksForMs = 20_000;
/** After so many faults a lane has shown enough. */
const mostFaults = 3;

/** Runs cases from a seed, some at once; the same seed makes the same cases. */
export async function runCases<Case>(options: CasesOptions<Case>): Promise<CasesRun> {
  const { atOnce, count } = options;
  const counts = Array.from({ length: atOnce }, (_, lane) => Math.floor((count + lane) / atOnce));
  const runs = await Promise.all(counts.map((runsOfLane, lane) => runLane(options, lane, runsOfLane)));
  return {
    ran: runs.reduce((sum, { ran }) => sum + ran, 0),
    faults: [...new Set(runs.flatMap(({ faults }) => faults))],
  };
}

async function runLane<Case>(options: CasesOptions<Case>, lane: number, count: number): Promise<CasesRun> {
  const { name, seed, atOnce, cases, check, describe } = options;
  const run: CasesRun = { ran: 0, faults: [] };
  for (let round = 0; run.ran < count && run.faults.length < mostFaults; round += 1) {
    let shrinks = -1;
    let shrinksUntil = 0;
    const property = fc.asyncProperty(cases, async (one) => {
      if (shrinks >= mostShrinks || (shrinks >= 0 && Date.now() > shrinksUntil)) return;
      if (shrinks < 0) run.ran += 1;
      else shrinks += 1;
      const fault = await check(one);
      if (fault === undefined) return;
      if (shrinks < 0) shrinksUntil = Date.now() + shrinksForMs;
      shrinks = Math.max(shrinks, 0);
      throw new Error(fault);
    });
    const ownSeed = (seed + lane + round * atOnce) | 0;
    const { failed, counterexample, counterexamplePath, errorInstance } = await fc.check(property, {
      seed: ownSeed,
      numRuns: count - run.ran,
    });
    if (!failed) continue;
    const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    const what = counterexample === null ? 'no example' : withoutItems(describe(counterexample[0]));
    run.faults.push(`${name}: ${why}; with ${what} (fast-check seed ${ownSeed}, path ${counterexamplePath ?? 'none'})`);
  }
  return run;
}

/** Words for a report: no log and no report holds an item, be it one that was made up. */
function withoutItems(text: string): string {
  return text
    .replaceAll(itemMarkers.id, '<id>')
    .replaceAll(itemMarkers.submissionBase64, '<submission>')
    .replaceAll(itemMarkers.submission, '<submission>')
    .slice(0, 600);
}
