/** Where to see what became of a request. Ids may hold anything, slashes as well, so that they are no part of a path. */
export function requestPath(id: string): string {
  return `/requests?id=${encodeURIComponent(id)}`;
}

/** Where its page is kept up to date from. */
export function requestEventsPath(id: string): string {
  return `/requests/events?id=${encodeURIComponent(id)}`;
}
