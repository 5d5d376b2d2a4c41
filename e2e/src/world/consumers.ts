/** A consumer of a world. Its key is its name. */
export interface WorldConsumer {
  name: string;
  key: string;
  secret: string;
  domain: string;
}

/** What all secrets of a world begin with, so that one in a log is found. */
export const secretMarker = 'planted-secret';
const domain = 'faults.example';

export function worldConsumers(count: number): WorldConsumer[] {
  return ['default', 'north', 'south', 'east', 'west'].slice(0, count).map((name) => ({
    name,
    key: `key-of-${name}`,
    secret: `${secretMarker}-of-${name}`,
    domain,
  }));
}
