/** The first thing wrong with a JSON text, at a byte of it. The reason never holds a piece of the text. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
}
