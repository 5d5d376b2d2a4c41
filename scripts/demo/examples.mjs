/** One runnable file for each way in, as they are typed in the project's folder. */
export const exampleCommands = [
  'node examples/enqueue-http.mjs',
  'examples/curl.sh',
  'examples/enqueue-cli.sh',
  'npx tsx examples/enqueue-client.ts',
  'npx tsx examples/enqueue-library.ts',
  'python3 examples/enqueue_http.py',
  'node examples/enqueue-bullmq.mjs',
];

/**
 * What the examples need to know of a running system.
 * @param {Pick<import('./system.mjs').System, 'producerUrl' | 'token' | 'redisUrl' | 'prefix'>} system
 * @returns {Record<string, string>}
 */
export function exampleEnvironment({ producerUrl, token, redisUrl, prefix }) {
  return { SESSION_QUEUE_URL: producerUrl, SESSION_QUEUE_TOKEN: token, REDIS_URL: redisUrl, REDIS_PREFIX: prefix };
}
