import { freePort } from '@session-queue/testing';
import { App } from './app.ts';
import { secretMarker } from './consumers.ts';
import type { LogBook } from './log-book.ts';
import { dashboardScript } from './places.ts';
import type { Store } from './store/store.ts';
import type { Way } from './way.ts';

/** The built dashboard as a process of a world, and who may sign in there. */
export interface Dashboard {
  readonly app: App;
  readonly port: number;
  readonly users: readonly { name: string; password: string }[];
}

/** Somebody who may change things, and somebody who may look. */
const users = [
  { name: 'ada', password: `${secretMarker}-of-ada`, role: ':admin' },
  { name: 'vic', password: `${secretMarker}-of-vic`, role: '' },
];

export async function startDashboard(
  log: LogBook,
  wayOf: (name: string) => Promise<Way>,
  store: Pick<Store, 'urlAt'>,
): Promise<Dashboard> {
  const port = await freePort();
  const redisWay = await wayOf('dashboard');
  const app = new App({
    name: 'dashboard',
    script: dashboardScript,
    ready: 'the dashboard listens',
    redisWay,
    log,
    env: {
      REDIS_URL: store.urlAt(redisWay.port),
      DASHBOARD_PORT: String(port),
      DASHBOARD_HOST: '127.0.0.1',
      DASHBOARD_USERS: users.map(({ name, password, role }) => `${name}:${password}${role}`).join(','),
      LOG_LEVEL: 'debug',
    },
  });
  await app.start();
  return { app, port, users };
}
