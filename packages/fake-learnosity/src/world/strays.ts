/** Calls that belong to no known consumer and endpoint. */
export class Strays {
  received = 0;
  broken = 0;
  readonly refused = new Map<string, number>();

  refuse(reason: string): void {
    this.received += 1;
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }

  breakOff(): void {
    this.received += 1;
    this.broken += 1;
  }
}
