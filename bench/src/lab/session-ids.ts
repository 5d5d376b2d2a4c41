/** Session ids that no two tags share. */
export function* sessionIds(count: number, tag: number): Generator<string> {
  for (let i = 0; i < count; i += 1) {
    yield `${tag.toString(16).padStart(8, '0')}-0000-4000-8000-${i.toString(16).padStart(12, '0')}`;
  }
}
