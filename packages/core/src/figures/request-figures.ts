import { type BatchState, sharesOf } from '../lanes/batch.ts';
import { batchKey, type ConsumerKeys, requestKey } from '../lanes/keys.ts';

/** How many items of a request lie among its failed or parked ones with one code. */
export interface CodeCount {
  list: 'failed' | 'parked';
  code: string;
  items: number;
}

/** What people see of a batch. Times are ms of Redis's clock. */
export interface BatchFigures {
  id: string;
  state: BatchState;
  /** Items in it, and those among them that are of the request which was asked about. */
  size: number;
  ownItems: number;
  attempts: number;
  reference: string | undefined;
  lastCode: string | undefined;
  createdAt: number;
  settledAt: number | undefined;
}

export interface RequestFigures {
  codes: CodeCount[];
  /** The latest ones, the newest first. Records that have aged out are left out. */
  batches: BatchFigures[];
  /** Older batches that are noted as well; of more than 400 some are forgotten. */
  olderBatches: number;
}

const batchFields = ['state', 'size', 'shares', 'attempts', 'reference', 'lastCode', 'createdAt', 'settledAt'] as const;

/** The batches and codes of a request, never an item: at most `mostBatches` batches. */
export async function readRequestFigures(
  keys: ConsumerKeys,
  request: string,
  mostBatches: number,
): Promise<RequestFigures> {
  const key = requestKey(keys, request);
  const [codes, ids, noted] = await Promise.all([
    readCodeCounts(keys, request),
    keys.redis.lrange(`${key}:batches`, -mostBatches, -1),
    keys.redis.llen(`${key}:batches`),
  ]);
  const batches = await Promise.all(ids.reverse().map(async (id) => await readBatchFigures(keys, id, request)));
  return {
    codes,
    batches: batches.filter((batch) => batch !== undefined),
    olderBatches: noted - ids.length,
  };
}

/** By which codes items of a request failed or are parked, the most frequent first. */
export async function readCodeCounts(keys: ConsumerKeys, request: string): Promise<CodeCount[]> {
  const codes = await keys.redis.hgetall(`${requestKey(keys, request)}:codes`);
  return Object.entries(codes)
    .map(codeCountOf)
    .sort((one, other) => other.items - one.items);
}

async function readBatchFigures(keys: ConsumerKeys, id: string, request: string): Promise<BatchFigures | undefined> {
  const [state, size, shares, attempts, reference, lastCode, createdAt, settledAt] = await keys.redis.hmget(
    batchKey(keys, id),
    ...batchFields,
  );
  if (typeof state !== 'string') return undefined;
  const own = sharesOf(shares ?? undefined).filter((share) => share.request === request);
  return {
    id,
    state: state as BatchState,
    size: Number(size),
    ownItems: own.reduce((sum, share) => sum + share.items, 0),
    attempts: Number(attempts),
    reference: reference ?? undefined,
    lastCode: lastCode ?? undefined,
    createdAt: Number(createdAt),
    settledAt: settledAt == null ? undefined : Number(settledAt),
  };
}

/** From '<list> <code>'; a code may be empty. */
function codeCountOf([field, items]: [string, string]): CodeCount {
  const space = field.indexOf(' ');
  const list = field.slice(0, space) === 'parked' ? 'parked' : 'failed';
  return { list, code: field.slice(space + 1), items: Number(items) };
}
