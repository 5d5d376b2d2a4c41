import type { User, UserRole } from '@session-queue/core';
import { admin, operator, type TestDashboard, viewer } from './dashboard.ts';

/** A browser's view of the dashboard: it sends its cookie, says that it is on a page of the dashboard, follows nothing. */
export class Visitor {
  readonly #url: string;
  cookie: string | undefined;

  constructor(dashboard: Pick<TestDashboard, 'url'>, cookie?: string) {
    this.#url = dashboard.url;
    this.cookie = cookie;
  }

  /** Loads a page. */
  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return await this.call('GET', path, { headers: { accept: 'text/html,*/*;q=0.8', ...headers } });
  }

  /** Sends a form of a page. */
  async post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
    return await this.call('POST', path, {
      body: new URLSearchParams(form).toString(),
      headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  }

  /** Fills in a form of a page of this visitor's and sends it: the token is the page's. */
  async act(path: string, form: Record<string, string> = {}): Promise<Response> {
    return await this.post(path, { reason: 'ticket 4711', ...form, token: await this.formToken() });
  }

  /** What every form of this visitor's holds. */
  async formToken(): Promise<string> {
    const page = await (await this.get('/actions/pause?queue=deletion.requests')).text();
    const token = /name="token" value="([^"]+)"/.exec(page)?.[1];
    if (token === undefined) throw new Error('the page has no form with a token');
    return token;
  }

  /** Calls Bull Board's API as its page does, with a reason for each change. */
  async api(method: string, path: string, body?: unknown, reason = 'ticket 4711'): Promise<Response> {
    const change = method.toUpperCase() !== 'GET';
    return await this.call(method.toUpperCase(), `/queues${path}`, {
      ...(change ? { body: JSON.stringify(body ?? {}) } : {}),
      headers: {
        accept: 'application/json, text/plain, */*',
        ...(change ? { 'content-type': 'application/json', 'x-reason': encodeURIComponent(reason) } : {}),
      },
    });
  }

  async call(
    method: string,
    path: string,
    init: { body?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const { body, headers } = init;
    return await fetch(`${this.#url}${path}`, {
      method,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...headers,
      },
    });
  }

  /** Keeps the cookie that an answer sets. */
  takeCookie(response: Response): void {
    const set = response.headers.getSetCookie()[0];
    this.cookie = set?.split(';')[0];
  }
}

/** Somebody who has signed in with the form. */
export async function signedInVisitor(dashboard: TestDashboard, user: User): Promise<Visitor> {
  const visitor = new Visitor(dashboard);
  const answer = await visitor.post('/sign-in', { name: user.name, password: user.password });
  if (answer.status !== 303) throw new Error(`${user.name} could not sign in: ${answer.status}`);
  visitor.takeCookie(answer);
  return visitor;
}

export type People = Record<UserRole, Visitor>;

/** Somebody of each role, signed in. */
export async function signedInPeople(dashboard: TestDashboard): Promise<People> {
  return {
    viewer: await signedInVisitor(dashboard, viewer),
    operator: await signedInVisitor(dashboard, operator),
    admin: await signedInVisitor(dashboard, admin),
  };
}
