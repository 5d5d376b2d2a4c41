import { createBullBoard } from '@bull-board/api';
import type { AppControllerRoute, IServerAdapter } from '@bull-board/api/typings/app';

export interface BoardRoute {
  method: string;
  route: string;
}

/** Every route of its API that Bull Board gives to its server, as it does in the dashboard. */
export function boardRoutes(): BoardRoute[] {
  const given: AppControllerRoute[] = [];
  const server: IServerAdapter = {
    setQueues: () => server,
    setViewsPath: () => server,
    setStaticPath: () => server,
    setEntryRoute: () => server,
    setErrorHandler: () => server,
    setUIConfig: () => server,
    setApiRoutes: (routes) => {
      given.push(...routes);
      return server;
    },
  };
  createBullBoard({ queues: [], serverAdapter: server });
  return given.flatMap(({ method, route }) =>
    [method].flat().flatMap((verb) => [route].flat().map((path) => ({ method: verb, route: path }))),
  );
}
