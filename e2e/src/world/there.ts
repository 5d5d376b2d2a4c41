/** A part of a world that is there once it has started. */
export function there<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the world has not started');
  return part;
}
