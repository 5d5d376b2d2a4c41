import { Failure } from '../failure.mjs';

const dayMs = 24 * 3600 * 1000;

/** Sessions of the last one and a half years, and by how many learners. */
const count = 2_400;
const users = 300;

/**
 * @typedef {object} SeededSession
 * @property {string} sessionId
 * @property {string} status
 * @property {number | null} completedAt epoch ms
 * @property {boolean} exists
 */

/**
 * Fills the stand-in with a term's sessions and those of the year before. Of one call in three the sessions stay to be seen for some seconds after their
 * deletion.
 * @param {string} fakeUrl
 * @param {number} now
 * @returns {Promise<SeededSession[]>}
 */
export async function seedTerm(fakeUrl, now) {
  const make = { count, users, activities: 12, from: now - 540 * dayMs, to: now - dayMs };
  await post(`${fakeUrl}/__sessions`, { make });
  await post(`${fakeUrl}/__script`, [{ fault: 'slowRemoval', probability: 0.33, min: 2_000, max: 9_000 }]);
  const response = await fetch(`${fakeUrl}/__sessions`, { signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/**
 * @param {string} url
 * @param {object} body
 */
async function post(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Failure(`POST ${url} was answered ${response.status}: ${await response.text()}`);
}
