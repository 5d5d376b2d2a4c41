export interface LogLine {
  /** The process that wrote it. */
  who: string;
  text: string;
}

/** Every line that any process of a world has written. */
export class LogBook {
  readonly lines: LogLine[] = [];

  write(who: string, text: string): void {
    this.lines.push({ who, text });
  }
}
