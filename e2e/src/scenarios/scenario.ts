import type { Random } from '../random.ts';
import type { WorldOptions } from '../world/options.ts';
import type { World } from '../world/world.ts';

export interface Scenario {
  /** As it is called on the command line. */
  name: string;
  /** What it breaks, in one line. */
  about: string;
  /** Only with --long. */
  long?: boolean;
  /** How long it breaks things when nobody says (1). */
  minutes?: number;
  /** It takes a processor for itself, or measures: nothing runs beside it. */
  alone?: boolean;
  world?: Omit<WorldOptions, 'seed'>;
  /** Makes what it needs of this machine beside processes and ports; its world has this too, and it is taken away in the end. */
  prepare?(): Promise<Prepared | NotHere>;
  /**
   * Breaks things while the load runs, which has begun before and goes on until the system has recovered. All chance comes from
   * `random`. What it breaks it mends again; a fault's end (`world.fault`) is where recovery is measured from.
   */
  run(world: World, random: Random, size: RunSize): Promise<void>;
}

export interface Prepared {
  world: Partial<WorldOptions>;
  end(): Promise<void>;
}

/** Why a scenario cannot be run on this machine: it stands in the table, and is no failure. */
export interface NotHere {
  notHere: string;
}

export interface RunSize {
  /** Everything, however long it takes. */
  long: boolean;
  /** How long a scenario without an end of its own breaks things. */
  minutes: number;
}
