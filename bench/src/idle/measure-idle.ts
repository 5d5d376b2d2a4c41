import { finalStates } from '@session-queue/core';
import { BusyConsumers } from '@session-queue/core/engine';
import { Lab, pause } from '../lab/lab.ts';
import { sessionIds } from '../lab/session-ids.ts';
import { type Census, CommandCensus } from './command-census.ts';

/** What one worker did while nobody asked for anything. */
export interface IdleTime {
  consumers: number;
  seconds: number;
  /** Redis commands a second, those inside scripts among them. */
  commandsPerSecond: number;
  /** Share of one processor. */
  cpuShare: number;
  census: Census;
}

const atRestWithinMs = 60_000;
/** A worker writes the progress of requests down to 5 s after it has changed. */
const lastWordsMs = 6_000;

/** Lets each consumer have one request, waits until all is at rest, and then watches for a while. */
export async function measureIdle(consumers: number, seconds: number): Promise<IdleTime> {
  const names = Array.from({ length: consumers }, (_, i) => `consumer-${i}`);
  const lab = await Lab.start({ consumers: names.map((name) => ({ name })), jobSeconds: '0.1', lean: true });
  try {
    await lab.startWorkers(1);
    await letWork(lab, names);
    const [worker] = lab.workers;
    if (worker === undefined) throw new Error('no worker runs');
    const census = await CommandCensus.begin(lab.redis);
    const before = { commands: await lab.commands(), cpu: worker.cpuSeconds(), at: performance.now() };
    await pause(seconds * 1_000);
    const watched = (performance.now() - before.at) / 1_000;
    const cpu = worker.cpuSeconds() - before.cpu;
    // The INFO that ends the count is its own.
    const commands = (await lab.commands()) - before.commands - 1;
    return {
      consumers,
      seconds: watched,
      commandsPerSecond: commands / watched,
      cpuShare: cpu / watched,
      census: census.end(),
    };
  } finally {
    await lab.stop();
  }
}

/** A worker that has worked before has warm connections, announced scripts and keys: that is the idle worker of every day. */
async function letWork(lab: Lab, names: readonly string[]): Promise<void> {
  const requests = await Promise.all(
    names.map((consumer, i) => lab.client.deleteSessions({ consumer, sessionIds: sessionIds(1, i) })),
  );
  const open = new Set(requests.map(({ id }) => id));
  const busy = new BusyConsumers(lab.redis, 'session-queue');
  const giveUpAt = performance.now() + atRestWithinMs;
  while (open.size > 0 || (await busy.list()).length > 0) {
    if (performance.now() > giveUpAt) throw new Error(`${open.size} requests did not come to rest`);
    await pause(500);
    for (const id of open) {
      const view = await lab.client.getRequest(id);
      if (view !== undefined && finalStates.has(view.state)) open.delete(id);
    }
  }
  await pause(lastWordsMs);
}
