import { type SeenCall, startLearnosityTap } from '../tap/learnosity-tap.ts';
import type { Points } from '../tap/points.ts';
import { type RecordedReference, type RedisTapOptions, startRedisTap } from '../tap/redis-tap.ts';
import type { ScriptNames } from '../tap/script-names.ts';
import type { StepsSeen } from '../tap/steps-seen.ts';
import { type PortPair, whoConnected } from '../tap/who-connected.ts';
import type { Store } from './store/store.ts';
import { Way } from './way.ts';

export interface WaysParts {
  store: Store;
  fakePort: number;
  points: Points;
  steps: StepsSeen;
  names: ScriptNames;
  /** The processes that live now. */
  living: () => { name: string; pid: number }[];
  onCall: (call: SeenCall) => void;
  onRecorded: (recorded: RecordedReference) => void;
}

/** The ways between the processes of a world, with a tap on each. */
export class Ways {
  readonly #parts: WaysParts;
  /** Ours alone: a process closes its own. */
  readonly #ours: Way[] = [];

  constructor(parts: WaysParts) {
    this.#parts = parts;
  }

  /** The workers' way to Learnosity; with what the client's connection is where another stands between. */
  async toLearnosity(clientOf: (ports: PortPair) => PortPair): Promise<Way> {
    const { fakePort, points, living, onCall } = this.#parts;
    const who = (ports: PortPair): string => whoConnected(clientOf(ports), living());
    return this.#keep(
      await Way.start(fakePort, (targetPort) => startLearnosityTap({ targetPort, points, who, onCall })),
    );
  }

  /** The way to Redis of services that use the library or BullMQ. */
  async ofServices(): Promise<Way> {
    return this.#keep(await this.toRedis('service'));
  }

  /** Several servers send clients on to each other: past the ways of the processes, so each has a tap for all. */
  async announceTaps(): Promise<void> {
    const { store, living } = this.#parts;
    if (store.announce === undefined) return;
    const own = { name: 'service', pid: process.pid };
    const who = (ports: PortPair) => whoConnected(ports, [...living(), own]);
    const ports: number[] = [];
    for (const { port } of store.servers) ports.push(this.#keep(await this.toRedis(who, port)).port);
    await store.announce(ports);
  }

  /** A way to Redis of a process, which closes it. */
  async toRedis(who: RedisTapOptions['who'], target = this.#parts.store.doorPort): Promise<Way> {
    const { points, steps, names, onRecorded } = this.#parts;
    return await Way.start(target, (targetPort) =>
      startRedisTap({ targetPort, who, points, steps, names, onRecorded }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#ours.map((way) => way.close()));
  }

  #keep(way: Way): Way {
    this.#ours.push(way);
    return way;
  }
}
