import { kinds } from '@session-queue/core';
import { consumerKeys, readLaneFigures, readRequest } from '@session-queue/core/engine';
import type { World } from '../world/world.ts';
import type { LaneEvidence } from './evidence.ts';

const prefix = 'session-queue';

/** What is counted of each lane, beside its open requests. */
export async function readLanes({ data, consumers }: World): Promise<LaneEvidence[]> {
  const lanes: LaneEvidence[] = [];
  for (const { name } of consumers) {
    const keys = consumerKeys(data, prefix, name);
    const ids = await data.smembers(`${keys.base}open`);
    const views = (await Promise.all(ids.map((id) => readRequest(keys, id)))).filter((view) => view !== undefined);
    const figures = await readLaneFigures(data, prefix, name);
    for (const kind of kinds) {
      const open = views.filter((view) => view.kind === kind).map(({ counts }) => counts);
      lanes.push({ figures: figures[kind], open });
    }
  }
  return lanes;
}
