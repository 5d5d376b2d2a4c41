import type { ScriptInput } from '@session-queue/fake-learnosity';
import type { World } from '../world/world.ts';

/** Keeps faults of Learnosity's in force for a while: one fault of the run. One that struck nothing has shown nothing, and is said. */
export async function strike(world: World, what: string, faults: readonly ScriptInput[], ms: number): Promise<void> {
  await world.fault(what, async () => {
    const posted = await Promise.all(faults.map((fault) => world.fake.script(fault)));
    await world.pause(ms);
    for (const [index, fault] of posted.entries()) {
      const struck = await fault.remove();
      if (struck === 0) world.objections.push(`'${what}' struck no call (fault ${index + 1})`);
    }
  });
}

/** Waits until every lane calls at its normal rate again, so that the next fault hits a system that is well. */
export async function untilBusyAgain(world: World, withinMs = 30_000): Promise<void> {
  const from = Date.now();
  const calls = (key: string): number =>
    world.calls.filter(
      ({ endpoint, consumerKey, reference, sentAt }) =>
        endpoint === 'deletion' && consumerKey === key && reference !== undefined && sentAt >= from,
    ).length;
  await world
    .until('calls are made again', () => world.consumers.every(({ key }) => calls(key) >= 3), withinMs)
    .catch(() => undefined);
}
