/** What a log line may hold of an error (invariant 9). */
export interface ErrorDescription {
  name: string;
  code?: string;
  /** Where it was thrown, without the message above the frames. */
  frames?: string[];
  cause?: ErrorDescription;
}

const maxFrames = 8;
const maxCauses = 4;

/**
 * Names an error without its message and its further properties: those of the Redis client and of parsers can hold
 * what was asked for.
 */
export function describeError(error: unknown, causesLeft = maxCauses): ErrorDescription | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof Error)) return { name: typeof error };
  const cause = causesLeft > 0 ? describeError(error.cause, causesLeft - 1) : undefined;
  return {
    name: error.name,
    ...codeOf(error),
    ...(error.stack === undefined ? {} : { frames: framesOf(error.stack) }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** The code of a system error, or the word that an answer of Redis begins with (OOM, READONLY). */
function codeOf(error: Error): { code?: string } {
  if ('code' in error && typeof error.code === 'string') return { code: error.code };
  const word = error.name === 'ReplyError' ? /^([A-Z]+)\b/.exec(error.message)?.[1] : undefined;
  return word === undefined ? {} : { code: word };
}

function framesOf(stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, maxFrames)
    .map((line) => line.trim());
}
