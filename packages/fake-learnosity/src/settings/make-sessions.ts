import { z } from 'zod';

const share = z.number({ error: 'must be 0 to 1' }).min(0).max(1);
const few = z.int().min(1).max(5_000_000);

/** Sessions to be made from the stand-in's seed instead of being listed: 16 to 50 bytes of memory each. */
export const makeSessionsSchema = z
  .strictObject({
    count: few,
    /** Over how many users and activities they are spread. Default: a tenth, and a hundredth, of `count`. */
    users: few.optional(),
    activities: few.optional(),
    /** The share of sessions whose metadata was never set, so that `/sessions/metadata` never shows them. */
    withoutMetadata: share.default(0),
    /** Their first start and their last update, epoch ms. Default: the 30 days before now. */
    from: z.int().min(0).optional(),
    to: z.int().min(0).optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    error: 'from must not be after to',
  });
/** What has a default may be left out. */
export type MakeSessions = z.input<typeof makeSessionsSchema>;
