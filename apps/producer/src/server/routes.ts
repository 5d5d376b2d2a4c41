import type { Request } from 'express';

/** Asked every few seconds by whatever watches the process. */
const quietRoutes: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** Methods that a route may have; a client may make up others. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function isKnownMethod(method: string): boolean {
  return methods.has(method);
}

export function isQuietRoute(route: string): boolean {
  return quietRoutes.has(route);
}

/** The pattern of a request's route, and never its address: ids in paths are chosen by callers. `none` where there is no route. */
export function routeOf(request: Request): string {
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return 'none';
  return typeof route.path === 'string' ? route.path : 'none';
}
