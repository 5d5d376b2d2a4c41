import type { Chart } from './charts/chart.ts';

/** One figure of a benchmark. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /**
   * Measured against something else in the same run, and steady from run to run: it fails a comparison when it falls by over a tenth.
   * Single times depend on the machine, and are only shown.
   */
  isRatio: boolean;
  better: 'higher' | 'lower';
  /** What was set as the aim, in words and as a check. */
  target?: { words: string; met: boolean };
}

export interface Table {
  title: string;
  head: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

export interface Result {
  benchmark: string;
  parameters: Readonly<Record<string, unknown>>;
  tables: readonly Table[];
  figures: readonly Figure[];
  /** To be drawn for the README. */
  charts?: readonly Chart[];
  /** What a reader should know of this run: what was left out, what was seen. */
  notes: readonly string[];
}

export type Size = 'quick' | 'default' | 'full';

export interface Benchmark {
  name: string;
  /** One sentence: what it shows. */
  shows: string;
  run(context: BenchmarkContext): Promise<Result>;
}

export interface BenchmarkContext {
  size: Size;
  /** Overrides from the command line, as `name=value`. */
  parameters: ReadonlyMap<string, string>;
  say(text: string): void;
}

/** A number from the command line, or the benchmark's own. */
export function parameter({ parameters }: BenchmarkContext, name: string, fallback: number): number {
  const given = parameters.get(name);
  if (given === undefined) return fallback;
  const value = Number(given);
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`--set ${name}= takes a number`);
  return value;
}

/** A list from the command line (`name=one,other`; `name=` for none), each read by `read`, or the benchmark's own. */
export function listParameter<T>(
  { parameters }: BenchmarkContext,
  name: string,
  fallback: readonly T[],
  read: (text: string) => T,
): readonly T[] {
  const given = parameters.get(name);
  if (given === undefined) return fallback;
  return given === '' ? [] : given.split(',').map(read);
}

/** One of a few words. */
export function oneOf<T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((one) => one === text);
    if (word === undefined) throw new RangeError(`'${text}' is none of ${words.join(', ')}`);
    return word;
  };
}

/** A whole number from 1. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`'${text}' is no whole number from 1`);
  return value;
}
