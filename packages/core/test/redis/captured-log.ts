import { createLogger, type Logger } from '../../src/logging/logger.ts';

/** A logger whose lines a test can read. */
export function capturedLog(): { logger: Logger; lines: { level: string; msg: string }[] } {
  const lines: { level: string; msg: string }[] = [];
  const write = (line: string): void => {
    lines.push(JSON.parse(line));
  };
  return { logger: createLogger({ level: 'info', name: 'test' }, { write }), lines };
}
