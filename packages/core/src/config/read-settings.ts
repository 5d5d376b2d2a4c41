import { z } from 'zod';
import { withSecretFiles } from './secret-files.ts';
import { type SettingProblem, SettingsError } from './settings-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** BSD's EX_CONFIG: tells a supervisor that starting again will not help. */
export const badSettingsExitCode = 78;

/**
 * Reads settings through a schema whose keys are the variables' names. An empty variable counts as not set, as compose
 * files leave them, and a secret may stand in a file (`secretFileVariables`). Throws `SettingsError` with every problem.
 */
export function readSettings<T extends z.ZodType>(schema: T, environment: Environment): z.infer<T> {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const { environment: full, problems } = withSecretFiles(environment, names);
  const given = Object.fromEntries(Object.entries(full).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success && problems.length === 0) return result.data;
  // A secret whose file is at fault is not missing besides.
  const ofFiles = new Set(problems.map(({ name }) => name.replace(/_FILE$/, '')));
  const issues = (result.error?.issues ?? []).filter(({ path }) => !ofFiles.has(String(path[0])));
  throw new SettingsError([
    ...problems,
    ...issues.map((issue) => {
      const [name = 'environment', ...path] = issue.path.map(String);
      const reason = given[name] === undefined ? 'is missing' : issue.message;
      return { name, reason: [path.join('.'), reason].filter((part) => part !== '').join(' ') };
    }),
  ]);
}

type Readers = Readonly<Record<string, () => unknown>>;
type Read<R extends Readers> = { [K in keyof R]: ReturnType<R[K]> };

/** Reads several groups of settings, and throws one `SettingsError` for the problems of all. */
export function readAllSettings<R extends Readers>(readers: R): Read<R> {
  const problems: SettingProblem[] = [];
  const values = Object.entries(readers).map(([name, read]) => [name, tryTo(read, problems)]);
  if (problems.length > 0) throw new SettingsError(problems);
  // Built from the keys of `readers` and what those returned.
  return Object.fromEntries(values) as Read<R>;
}

function tryTo(read: () => unknown, problems: SettingProblem[]): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

export interface ExitIo {
  write(text: string): void;
  exit(code: number): never;
}

const processIo: ExitIo = {
  write: (text) => void process.stderr.write(text),
  exit: (code) => process.exit(code),
};

/** For a `main.ts`: reads settings, or prints what is wrong with them to stderr and exits 78. */
export function exitOnBadSettings<T>(read: () => T, io: ExitIo = processIo): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    io.write(`${error.message}\n`);
    return io.exit(badSettingsExitCode);
  }
}
