import { writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { RequestView } from '@session-queue/core';
import { audit, type Verdict } from './audit/audit.ts';
import { collectEvidence } from './audit/collect.ts';
import { isAtItsEnd } from './audit/fates.ts';
import { certifiedOf } from './audit/read-proof.ts';
import { isRecovered, recoversWithinMs } from './audit/recovery.ts';
import { Random } from './random.ts';
import type { NotHere, RunSize, Scenario } from './scenarios/scenario.ts';
import type { Slope } from './world/growth.ts';
import { World } from './world/world.ts';

/** One scenario's run. */
export interface Outcome {
  name: string;
  seed: string;
  seconds: number;
  verdict: Verdict;
  /** How memory and keys grew, where the scenario looked. */
  slopes: readonly Slope[];
}

export interface RunOptions {
  seed: string;
  size: RunSize;
  say: (text: string) => void;
  /** Where everything goes that any process said, where the run did not hold; nowhere when absent. */
  logFile?: string | undefined;
  /** Everything that was said is kept of a run that holds, too. */
  verbose?: boolean | undefined;
}

const settleMs = 90_000;
/** After the last request's end, mirrors and indexes are finished by whoever comes by. */
const tidyMs = 40_000;
/** A lease that nobody renews, the lock of an archive that died, and the work. */
const certifiedWithinMs = 90_000;
/** Of the requests that are not at their end. */
const mostNamed = 5;

/** Runs a scenario where this machine has what it needs. */
export async function runHere(
  scenario: Scenario,
  options: RunOptions,
): Promise<Outcome | (NotHere & { name: string })> {
  const prepared = await scenario.prepare?.();
  if (prepared === undefined) return await runScenario(scenario, options);
  if ('notHere' in prepared) return { name: scenario.name, ...prepared };
  try {
    return await runScenario({ ...scenario, world: { ...scenario.world, ...prepared.world } }, options);
  } finally {
    await prepared.end();
  }
}

/** Runs a scenario from an empty world to its verdict: load, faults, quiet, audit. Leaves nothing running. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Outcome> {
  const { seed, size, say, logFile, verbose = false } = options;
  const from = performance.now();
  const ownSeed = `${seed}/${scenario.name}`;
  const world = await World.start({ ...scenario.world, seed: ownSeed }, say);
  let holds = false;
  try {
    world.load.start();
    await world.busy();
    await scenario.run(world, new Random(`${ownSeed}/faults`), size);
    await untilRecovered(world);
    say('quiet: waiting for every request to come to its end');
    await world.load.stop();
    await settle(world);
    const verdict = audit(await collectEvidence(world));
    holds = verdict.findings.length === 0;
    return { name: scenario.name, seed, seconds: (performance.now() - from) / 1_000, verdict, slopes: world.slopes };
  } finally {
    await world.stop();
    if (logFile !== undefined && (verbose || !holds)) await writeFile(logFile, linesOf(world));
  }
}

function linesOf({ log }: World): string {
  return log.lines.map(({ who, text }) => `${who}: ${text}\n`).join('');
}

/** Keeps the load running until every lane is back at its rate. One that does not come back is the audit's to report. */
async function untilRecovered(world: World): Promise<void> {
  const evidence = { calls: world.calls, faults: world.faults.faults, quotas: world.quotas };
  const lanes = world.consumers.length;
  await world
    .until('normal throughput', () => isRecovered(evidence, lanes), recoversWithinMs + 10_000)
    .catch(() => undefined);
}

function isVerifying({ verification }: RequestView): boolean {
  return verification?.state === 'waiting';
}

/** Waits, bounded, until every request is at its end and nothing is left to tidy. What is not by then the audit finds. */
async function settle(world: World): Promise<void> {
  const open = new Set(world.load.deliveries.flatMap(({ request }) => request ?? []));
  const isOver = async (id: string): Promise<boolean> => {
    if (world.kept.has(id)) return true;
    const view = await world.client.getRequest(id);
    return (view !== undefined && isAtItsEnd(view) && !isVerifying(view)) || isNotPromised(world, id);
  };
  const allOver = async (): Promise<boolean> => {
    for (const id of open) if (await isOver(id)) open.delete(id);
    return open.size === 0;
  };
  const bounded = async (what: string, check: () => Promise<boolean>, ms: number) =>
    await world.until(what, check, ms).catch(() => world.say(`${what}: not within ${ms / 1_000} s`));
  await bounded('every request at its end', allOver, world.options.settleWithinMs ?? settleMs);
  for (const id of [...open].slice(0, mostNamed)) {
    const view = await world.client.getRequest(id);
    world.say(`not at its end: ${id}, ${view?.state ?? 'unknown'}: ${JSON.stringify(view?.counts)}`);
  }
  if (world.proving !== undefined) await bounded('every certificate made', certifiedOf(world), certifiedWithinMs);
  await bounded('everything tidied up', async () => await isTidy(world), tidyMs);
}

/** A request that no service was promised need not come to an end, or be there at all. */
function isNotPromised({ load }: World, id: string): boolean {
  return load.deliveries.some(({ request, outcome }) => request === id && outcome !== 'promised');
}

async function isTidy({ consumers, data, client }: World): Promise<boolean> {
  for (const { name } of consumers) {
    const base = `session-queue:{${name}}:`;
    if ((await data.exists(`${base}finish`)) > 0) return false;
    // What nobody was promised may have been accepted all the same: it comes to its end like any other.
    for (const id of await data.smembers(`${base}open`)) {
      const view = await client.getRequest(id);
      if (view !== undefined && !isAtItsEnd(view)) return false;
    }
  }
  return true;
}
