/** Session ids of every shape that may come: they differ in how they lie in Redis. */
const shapes: ((n: number) => string)[] = [
  (n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`,
  (n) => `0000ABCD-0000-4000-8000-${n.toString(16).toUpperCase().padStart(12, '0')}`,
  (n) => `session ${n}`,
  // 14 and 15 bytes of text are where a text comes closest to the 16 bytes of a packed UUID.
  (n) => `i-${String(n).padStart(12, '0')}`,
  (n) => `id-${String(n).padStart(12, '0')}`,
  (n) => `${n}`.padEnd(255, 'é€'),
  // A character of 4 bytes takes two of JavaScript's: 254 of them with the last digit of the number.
  (n) => `${String(n).padStart(7, '0')}${'😀'.repeat(124)}`,
  (n) => `\u{10ffff}\u2028"\\%${n}`,
];

/** `n` ids, all different, the shapes in turn. */
export function mixedIds(n: number): string[] {
  return Array.from({ length: n }, (_, i) => shapes[i % shapes.length]?.(i) ?? '');
}
