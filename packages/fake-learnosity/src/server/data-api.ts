import type { IncomingMessage, ServerResponse } from 'node:http';
import { deliver } from '../answer/deliver.ts';
import type { Pauses } from '../answer/pauses.ts';
import { judge } from '../call/judge.ts';
import { Arrivals } from '../quota/arrivals.ts';
import type { Settings } from '../settings/settings.ts';
import type { World } from '../world/world.ts';
import { readBody } from './read-body.ts';

export interface DataApiContext {
  settings: Settings;
  /** The world of now; a reset replaces it. */
  world: () => World;
  pauses: Pauses;
  /** Says that the books have changed. */
  onBooked: () => void;
}

/** Takes calls to the Data API: reads, judges, waits for the latency, delivers. */
export function createDataApi(context: DataApiContext) {
  const { settings, pauses, onBooked } = context;
  const arrivals = new Arrivals(settings.clock);

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const receivedAt = performance.now();
    const arrival = arrivals.open();
    const body = await readBody(request, settings.maxBodyBytes);
    const world = context.world();
    if (body === 'broken') {
      arrivals.close(arrival);
      world.strays.breakOff();
      onBooked();
      return;
    }
    const now = settings.clock();
    world.jobs.settle(now);
    const verdict = judge(world, settings, {
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: body === 'too-large' ? undefined : body,
      arrivedAt: arrival.at,
      horizon: arrivals.horizon(),
      now,
    });
    arrivals.close(arrival);
    const { ledger } = verdict;
    let cut = false;
    // A caller that goes away while it is being answered is no error of the stand-in.
    response.on('error', () => undefined);
    response.once('close', () => {
      if (ledger === undefined || cut || response.writableFinished) return;
      ledger.abandoned += 1;
      onBooked();
    });
    onBooked();
    const latencyMs = world.random.latency.within(settings.latencyMs) + verdict.latencyMs;
    await pauses.wait(receivedAt + latencyMs - performance.now());
    cut = verdict.spoilt?.fault === 'cut' || verdict.spoilt?.fault === 'truncated';
    await deliver(response, verdict.answer, verdict.spoilt, pauses);
  };
}
