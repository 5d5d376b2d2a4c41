import type { RedisProblem } from '@session-queue/core';

/** What the Redis client says of a command given while there is no connection: nothing that a person could use. */
const clientsWords = /Stream isn't writeable[^):]*/;

/** What is wrong with Redis, in words for `/readyz`. */
export function redisProblems(problems: readonly RedisProblem[]): RedisProblem[] {
  return problems.map(({ code, message }) => ({ code, message: message.replace(clientsWords, 'no connection') }));
}
