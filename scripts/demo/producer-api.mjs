import { randomUUID } from 'node:crypto';
import { Failure } from '../failure.mjs';

/**
 * @typedef {object} Counts
 * @property {number} total
 * @property {number} duplicates
 * @property {number} pending
 * @property {number} claimed
 * @property {number} submitted
 * @property {number} parked
 * @property {number} succeeded
 * @property {number} absent
 * @property {number} failed
 * @property {number} cancelled
 * @property {number} resent
 */

/**
 * @typedef {object} RequestView
 * @property {string} id
 * @property {string} kind
 * @property {string} state
 * @property {Counts} counts
 * @property {string} createdAt
 * @property {string} [finishedAt]
 * @property {string} [error]
 * @property {{ code: string, message: string }} [laneStopped]
 */

/** @typedef {{ reason: string, requestedBy: string }} Asked why, and who asks */

/** @type {Asked} */
const byDemo = { reason: 'demo', requestedBy: 'npm run demo' };

/** The producer's HTTP API, used as any other service would. */
export class ProducerApi {
  #url;
  #token;

  /**
   * @param {string} url
   * @param {string} token
   */
  constructor(url, token) {
    this.#url = url;
    this.#token = token;
  }

  /**
   * @param {readonly string[]} sessionIds
   * @param {Asked} asked
   */
  async deleteSessions(sessionIds, asked = byDemo) {
    return await this.#accept('/v1/deletions', { sessionIds, ...asked });
  }

  /**
   * @param {readonly string[]} submissions
   * @param {Asked} asked
   */
  async resubmit(submissions, asked = byDemo) {
    return await this.#accept('/v1/resubmissions', { submissions, ...asked });
  }

  /**
   * @param {string} id
   * @returns {Promise<RequestView>}
   */
  async getRequest(id) {
    return await this.#call('GET', `/v1/requests/${encodeURIComponent(id)}`);
  }

  /**
   * @param {string} path
   * @param {object} body
   * @returns {Promise<RequestView>}
   */
  async #accept(path, body) {
    return await this.#call('POST', path, body, { 'idempotency-key': randomUUID() });
  }

  /**
   * Any call; throws unless it is answered 2xx.
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async call(method, path, body) {
    return await this.#call(method, path, body);
  }

  /**
   * Any call, however it is answered.
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @param {Record<string, string>} [headers]
   * @returns {Promise<{ status: number, text: string }>}
   */
  async ask(method, path, body, headers = {}) {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, text: await response.text() };
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   * @param {Record<string, string>} [headers]
   */
  async #call(method, path, body, headers = {}) {
    const { status, text } = await this.ask(method, path, body, headers);
    if (status < 200 || status > 299) throw new Failure(`${method} ${path} was answered ${status}: ${text}`);
    return JSON.parse(text);
  }
}
