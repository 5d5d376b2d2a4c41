import type { Redis } from 'ioredis';

/** Commands by name: those that clients sent, and those that scripts ran inside Redis. */
export interface Census {
  sent: ReadonlyMap<string, number>;
  inScripts: ReadonlyMap<string, number>;
}

/** Listens with MONITOR. Only for a Redis with little to do: MONITOR halves what a busy one can do. */
export class CommandCensus {
  readonly #monitor: Redis;
  readonly #sent = new Map<string, number>();
  readonly #inScripts = new Map<string, number>();

  static async begin(redis: Redis): Promise<CommandCensus> {
    return new CommandCensus(await redis.monitor());
  }

  constructor(monitor: Redis) {
    this.#monitor = monitor;
    monitor.on('monitor', (_time: string, [name = '']: string[], source: string) => {
      const command = name.toLowerCase();
      const inScript = source === 'lua';
      // Whoever measures asks INFO too.
      if (command === 'info' && !inScript) return;
      const counts = inScript ? this.#inScripts : this.#sent;
      counts.set(command, (counts.get(command) ?? 0) + 1);
    });
  }

  end(): Census {
    this.#monitor.disconnect();
    return { sent: this.#sent, inScripts: this.#inScripts };
  }
}

/** `bzpopmin 12, evalsha 4`, the most frequent first. */
export function listed(counts: ReadonlyMap<string, number>, most = 6): string {
  const ranked = [...counts].sort(([, one], [, other]) => other - one);
  const named = ranked.slice(0, most).map(([name, count]) => `${name} ${count}`);
  const others = ranked.slice(most).reduce((sum, [, count]) => sum + count, 0);
  return [...named, ...(others > 0 ? [`others ${others}`] : [])].join(', ');
}

export function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
