/** Where to see what became of a batch, and which requests it serves. */
export function batchPath(consumer: string, id: string): string {
  return `/batches?${new URLSearchParams({ consumer, id }).toString()}`;
}
