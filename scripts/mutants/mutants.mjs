import { listenForInterrupt } from '../demo/interrupt.mjs';
import { Failure } from '../failure.mjs';
import { build } from '../setup/build.mjs';
import { setUp } from '../setup/set-up.mjs';
import { duration, note, step } from '../terminal/step.mjs';
import { green, red } from '../terminal/style.mjs';
import { mutantsHelp, readMutantsArguments } from './arguments.mjs';
import { checkGuards } from './check-guards.mjs';
import { Hunt } from './hunt.mjs';
import { allMutants } from './list/all.mjs';
import { suiteName, suitesOf } from './mutant.mjs';
import { ScratchCopy } from './scratch-copy.mjs';
import { fateTable, mutantTable, wordOf } from './table.mjs';

/**
 * @param {readonly string[]} given
 * @returns {Promise<number>} the exit code
 */
export async function mutants(given) {
  const { help, list, check, atOnce, chosen } = readMutantsArguments(given, allMutants);
  if (help || list) {
    console.log(help ? mutantsHelp : mutantTable(chosen));
    return 0;
  }
  const moved = checkGuards(chosen);
  if (moved.length > 0) throw new Failure(moved.join('\n'));
  if (check) {
    console.log(`${chosen.length} guards stand where the list says.`);
    return 0;
  }
  const environment = await setUp({ needsOwnRedis: true });
  await step('Build', async () => await build(environment));
  const interrupt = listenForInterrupt();
  /** @type {ScratchCopy[]} */
  const copies = [];
  try {
    await step('Copies of the project', async () => {
      for (let i = 0; i < Math.min(atOnce, chosen.length); i += 1) copies.push(await ScratchCopy.make());
    });
    return await hunt(chosen, copies, environment, interrupt.signal);
  } finally {
    for (const copy of copies) await copy.remove();
    interrupt.stopListening();
  }
}

/**
 * @param {readonly import('./mutant.mjs').Mutant[]} chosen
 * @param {readonly ScratchCopy[]} copies
 * @param {NodeJS.ProcessEnv} environment
 * @param {AbortSignal} interrupted
 */
async function hunt(chosen, copies, environment, interrupted) {
  const begin = performance.now();
  /** @type {Map<string, number>} */
  const takenMs = new Map();
  const cut = new AbortController();
  interrupted.addEventListener('abort', () => cut.abort(interrupted.reason));
  const { signal } = cut;
  const hunts = copies.map((copy) => new Hunt({ copy, environment, signal, takenMs }));
  const suites = suitesOf(chosen);
  await step(`${suites.length} suites as they are`, async () => {
    /** @param {Hunt} one @param {import('./mutant.mjs').Suite} suite */
    const asItIs = async (one, suite) => {
      const seconds = await one.asItIs(suite);
      note(`${suiteName(suite)} passes (${seconds.toFixed(1)} s)`);
    };
    await share(hunts, suites, asItIs, cut);
  });
  /** @type {Map<string, import('./hunt.mjs').Fate>} */
  const fates = new Map();
  await step(`${chosen.length} mutants`, async () => {
    /** @param {Hunt} one @param {import('./mutant.mjs').Mutant} mutant */
    const mutate = async (one, mutant) => {
      const fate = await one.mutant(mutant);
      fates.set(mutant.id, fate);
      note(`${fate.is === 'killed' ? green('✓') : red('✗')} ${mutant.id}: ${wordOf(fate)}`);
    };
    await share(hunts, chosen, mutate, cut);
  });
  return report(
    chosen.flatMap(({ id }) => fates.get(id) ?? []),
    performance.now() - begin,
  );
}

/**
 * Shares work out among the copies, in its order. When a piece fails the others are cut, and all have ended when this throws:
 * nobody works in a copy that is about to be removed.
 * @template T
 * @param {readonly Hunt[]} hunts
 * @param {readonly T[]} work
 * @param {(one: Hunt, piece: T) => Promise<void>} doPiece
 * @param {AbortController} cut
 */
async function share(hunts, work, doPiece, cut) {
  const pieces = work.values();
  await Promise.allSettled(
    hunts.map(async (one) => {
      try {
        for (const piece of pieces) await doPiece(one, piece);
      } catch (error) {
        cut.abort(error);
      }
    }),
  );
  cut.signal.throwIfAborted();
}

/**
 * @param {readonly import('./hunt.mjs').Fate[]} fates
 * @param {number} ms
 */
function report(fates, ms) {
  const loose = fates.filter(({ is }) => is !== 'killed');
  console.log(`\n${fateTable(fates)}\n`);
  for (const fate of loose) {
    const { id, invariant, without, file } = fate.mutant;
    console.log(red(`${id} (invariant ${invariant}, ${file}): ${wordOf(fate)}\n  without: ${without}`));
  }
  const verdict = `${fates.length - loose.length} of ${fates.length} mutants were noticed, in ${duration(ms)}.`;
  console.log(loose.length === 0 ? green(verdict) : red(verdict));
  return loose.length === 0 ? 0 : 1;
}
