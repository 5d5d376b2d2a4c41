import type { Lab } from '../lab/lab.ts';

/** What has been spent so far: commands and seconds of processor time. */
export interface Expense {
  commands: number;
  workerCpu: number;
  redisCpu: number;
  standInCpu: number;
}

export async function expense(lab: Lab): Promise<Expense> {
  const cpu = await lab.redis.info('cpu');
  const seconds = (name: string) => Number(new RegExp(`used_cpu_${name}:([\\d.]+)`).exec(cpu)?.[1] ?? Number.NaN);
  return {
    commands: await lab.commands(),
    workerCpu: lab.workers.reduce((sum, worker) => sum + worker.cpuSeconds(), 0),
    redisCpu: seconds('user') + seconds('sys'),
    standInCpu: lab.fake.cpuSeconds(),
  };
}

/** What was spent between the two, by `units`. */
export function spentPer(units: number, before: Expense, after: Expense): Expense {
  return {
    commands: (after.commands - before.commands) / units,
    workerCpu: (after.workerCpu - before.workerCpu) / units,
    redisCpu: (after.redisCpu - before.redisCpu) / units,
    standInCpu: (after.standInCpu - before.standInCpu) / units,
  };
}
