import type { Evidence, Finding } from './evidence.ts';

/** No process ends unless it is told to, and none goes deaf. */
export function checkProcesses({ processes, objections }: Evidence): Finding[] {
  return [
    ...processes.flatMap(({ name, endedByItself, deafTo }): Finding[] => [
      ...(endedByItself === undefined
        ? []
        : [{ rule: 'no process ends by itself', what: `${name}: ${endedByItself}` }]),
      ...deafTo.map((source) => ({
        rule: 'no worker stops consuming after a fault',
        what: `${name} no longer hears ${source}`,
      })),
    ]),
    ...objections.map((what) => ({ rule: "the scenario's own", what })),
  ];
}
