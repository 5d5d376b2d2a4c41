/** Where Bull Board is mounted. */
export const boardBasePath = '/queues';

/** A queue in Bull Board, showing its jobs in one state. */
export function boardPath(queue: string, status: string): string {
  return `${boardBasePath}/queue/${encodeURIComponent(queue)}?status=${status}`;
}

/** A job in Bull Board. */
export function boardJobPath(queue: string, job: string): string {
  return `${boardBasePath}/queue/${encodeURIComponent(queue)}/${encodeURIComponent(job)}`;
}
