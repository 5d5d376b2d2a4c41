/** What this package has started and not yet stopped, by name: leakGuard fails a test file that leaves any. */
const open = new Map<symbol, string>();

/** Notes something as running; call the returned function once it has stopped. */
export function noteOpen(name: string): () => void {
  const key = Symbol(name);
  open.set(key, name);
  return () => {
    open.delete(key);
  };
}

export function openThings(): string[] {
  return [...open.values()];
}
