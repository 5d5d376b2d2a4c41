import { z } from 'zod';
import type { Why } from '../requests/control.ts';

const schema = z.object({ reason: z.string(), since: z.string(), by: z.string().optional() });
/** Why a person has stopped something, since when (ISO 8601) and, where that is known, who. */
export type HandStop = z.infer<typeof schema>;

/** Code of a lane that a person has stopped. */
export const stoppedByHand = 'stopped by hand';

/** As it lies in Redis. */
export function formatHandStop({ reason, by }: Why): string {
  const stop: HandStop = { reason, since: new Date().toISOString(), ...(by !== undefined && { by }) };
  return JSON.stringify(stop);
}

export function parseHandStop(text: string): HandStop {
  return schema.parse(JSON.parse(text));
}
