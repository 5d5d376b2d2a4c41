import { parseArgs } from 'node:util';
import { z } from 'zod';

const schema = z.object({
  redis: z.string(),
  fake: z.string(),
  key: z.string(),
  items: z.coerce.number().int(),
  seconds: z.coerce.number(),
});

/** What every peer is told on its command line. */
export function peerSettings() {
  const { values } = parseArgs({
    options: {
      redis: { type: 'string' },
      fake: { type: 'string' },
      key: { type: 'string' },
      items: { type: 'string' },
      seconds: { type: 'string' },
    },
  });
  return schema.parse(values);
}
