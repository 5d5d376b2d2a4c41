import { z } from 'zod';
import { type FieldFault, Problem } from './problem.ts';

/** How many faults one answer names; the rest is counted. */
const maxNamedFaults = 20;
/** A field's name comes from outside: it is named where it looks like one. Anything else might be an item in the wrong place. */
const sayable = /^[A-Za-z_]{1,40}$/;

/** Collects faults of the input: names the first, counts the rest. */
export class FaultList {
  private readonly named: FieldFault[] = [];
  private count = 0;

  add(field: string, reason: string): void {
    this.count += 1;
    if (this.named.length < maxNamedFaults) this.named.push({ field, reason });
  }

  /** Counts faults that others kept the names of. */
  addUnnamed(count: number): void {
    this.count += count;
  }

  /** With the schema, a field that is not known is told the known one that it comes near. */
  addZod(error: z.ZodError, whole = 'body', schema?: z.ZodType): void {
    for (const issue of error.issues) {
      const path = issue.path.map(String);
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) {
          if (sayable.test(key))
            this.add([...path, key].join('.'), `is not a known field${hintFor(key, path, schema)}`);
          else this.add(path.length === 0 ? whole : path.join('.'), 'holds a field that is not known');
        }
      } else {
        this.add(path.length === 0 ? whole : path.join('.'), issue.message);
      }
    }
  }

  /** Puts the faults of another list behind those of this one. */
  append(other: FaultList): void {
    this.count += other.count;
    this.named.push(...other.named.slice(0, maxNamedFaults - this.named.length));
  }

  /** Throws a 400 when there is any fault. */
  throwIfAny(): void {
    if (this.count === 0) return;
    throw new Problem('invalid-request', this.summary(), { errors: this.named });
  }

  private summary(): string {
    const more = this.count - this.named.length;
    const [first] = this.named;
    if (this.count === 1 && first !== undefined) return `${first.field}: ${first.reason}.`;
    return more === 0
      ? `${this.count} things are wrong with the input.`
      : `${this.count} things are wrong with the input: the first ${this.named.length} are named, ${more} more are not.`;
  }
}

/** The known field of the object at a path that a name is the singular of, or another spelling: `activity_id` of `activityIds`. */
function hintFor(key: string, path: readonly string[], schema: z.ZodType | undefined): string {
  let at: unknown = schema;
  for (const step of ['', ...path]) {
    if (step !== '') at = at instanceof z.ZodObject ? at.shape[step] : undefined;
    while (at instanceof z.ZodOptional) at = at.unwrap();
  }
  if (!(at instanceof z.ZodObject)) return '';
  const folded = (name: string): string => name.replaceAll('_', '').toLowerCase();
  const meant = Object.keys(at.shape).find((name) =>
    ['', 's', 'es'].some((ending) => folded(name) === folded(key) + ending),
  );
  return meant === undefined ? '' : `: did you mean ${meant}?`;
}

/** What a call takes that has no query. */
export const emptyQuerySchema = z.strictObject({});

/** The body of a call that needs none. */
export const emptyBodySchema = z.strictObject({}, 'must be empty or an empty object');

/** The parsed value; a 400 that names every fault otherwise. */
export function parseOrThrow<T>(schema: z.ZodType<T>, value: unknown, whole?: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = new FaultList();
  faults.addZod(parsed.error, whole, schema);
  faults.throwIfAny();
  throw parsed.error;
}
