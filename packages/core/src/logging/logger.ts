import {
  type Bindings,
  type ChildLoggerOptions,
  type DestinationStream,
  type Logger,
  pino,
  stdTimeFunctions,
} from 'pino';
import { redactFields } from './redact-fields.ts';

export type { Logger };

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface CreateLoggerOptions {
  level: LogLevel;
  /** The app: stands in every line. */
  name: string;
}

/**
 * A logger that writes JSON lines to stdout, or to `destination`. Known private fields (secrets, session ids, submissions)
 * are removed at any depth; what a message says in its own words is its author's care (invariant 9).
 */
export function createLogger({ level, name }: CreateLoggerOptions, destination?: DestinationStream): Logger {
  const options = {
    level,
    name,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: redactFields },
    // Errors are described by `redactFields`; pino's own serializer would copy every field of theirs.
    serializers: { err: (described: unknown) => described },
  };
  const logger: Logger = destination === undefined ? pino(options) : pino(options, destination);
  // Its children have this as theirs. Pino's own `redact` knows paths of a fixed depth only, and costs each line more than writing it.
  const child: (fields: Bindings, options?: ChildLoggerOptions) => Logger = Reflect.get(logger, 'child');
  Object.defineProperty(logger, 'child', {
    value(this: Logger, fields: Bindings, options?: ChildLoggerOptions) {
      return child.call(this, redactFields(fields), options);
    },
  });
  return logger;
}
