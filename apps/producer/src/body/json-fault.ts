/** The first thing wrong with a JSON text, at a byte of it. The reason never holds a piece of the text. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
}

/** Where the fault is, as a person looks for it: `line 3, column 14 (byte 57)`; lines and columns count from 1. */
export function describePosition(text: Buffer, offset: number): string {
  const before = text.subarray(0, offset);
  let line = 1;
  for (let at = before.indexOf(10); at !== -1; at = before.indexOf(10, at + 1)) line += 1;
  const column = before.toString('utf8', before.lastIndexOf(10) + 1).length + 1;
  return `line ${line}, column ${column} (byte ${offset})`;
}
