import type { Moment, Point } from '../tap/points.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

/** Every step of the way that is one step in Redis or at Learnosity, in the way's order. */
const steps = [
  // Intake of a request's job, and of a plain one.
  'bull:moveToActive',
  'accept',
  'open',
  'bull:moveToDelayed',
  // A call.
  'claim',
  'begin-send',
  'call deletion',
  'record-reference',
  'call resubmission',
  // Its job.
  'claim-poll',
  'call jobs',
  'record-poll',
  // Settling.
  'resolve',
  'bull:promote',
  'bull:moveToFinished',
] as const;

const workerPoints = steps.flatMap((step): Point[] => [
  { step, when: 'before', by: 'worker' },
  { step, when: 'after', by: 'worker' },
]);

/** The producer's way of a large request, and of a small one. */
const producerPoints: readonly Point[] = ['begin-upload', 'append', 'seal', 'accept', 'bull:addStandardJob'].flatMap(
  (step): Point[] => [
    { step, when: 'before', by: 'producer' },
    { step, when: 'after', by: 'producer' },
  ],
);

export const killAtPoints: Scenario = {
  name: 'kill-at-points',
  about: 'kill -9 right before and right after every step: intake, calls, polls, settling, splits, uploads',
  async run(world) {
    for (const point of workerPoints) await killAt(world, point);
    for (const when of ['before', 'after'] as const) {
      world.load.askFor('library', 60, true);
      await killAt(world, { step: 'resolve', when, by: 'worker', where: isOfCall }, 'a split');
    }
    for (const point of producerPoints) {
      // Something for the point to happen to: an upload in chunks, or a request of one step.
      const isUpload = point.step !== 'accept';
      world.load.askFor('http', isUpload ? 1_500 : 10);
      await killAt(world, point);
    }
    const outage = await world.fake.script({ fault: 'error', status: 503, match: { endpoint: 'deletion' } });
    for (const when of ['before', 'after'] as const) await killAt(world, { step: 'give-back', when, by: 'worker' });
    await world.fault('Learnosity is back', async () => void (await outage.remove()));
  },
};

/** Of a call that was refused, and not of a job at its end: the guard, behind evalsha, hash, 1, base and batch. */
const isOfCall = ({ words }: Moment): boolean => words[5]?.toString() === 'claims';

/** Kills whoever comes to the point next, and starts it again. */
export async function killAt(world: World, point: Point, called?: string, withinMs?: number): Promise<void> {
  const name = `${point.when} ${called ?? point.step} of the ${point.by ?? 'first'}`;
  const { who } = await world.reached(name, world.at(point), withinMs);
  await world.fault(`kill -9 ${name}`, async () => await world.app(who).start());
}
