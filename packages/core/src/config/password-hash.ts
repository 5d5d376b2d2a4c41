import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

const derive = (password: string, salt: Buffer, bytes: number, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, bytes, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });

/** What scrypt is asked for: `ln` is the logarithm of N. Memory is 128 * N * r bytes. */
interface Cost {
  ln: number;
  r: number;
  p: number;
}

/** A hash as it was read, for `verifyPassword`. */
export interface PasswordHash {
  /** `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`, both in base64 without padding. */
  readonly text: string;
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** OWASP's parameters of 32 MB (Password Storage Cheat Sheet): a quarter of a second on a core of 2024. */
const usualCost: Cost = { ln: 15, r: 8, p: 3 };
/** Below it guessing is cheap; above it one sign-in takes more than 128 MB, or seconds. */
const bounds = { ln: [14, 17], r: [8, 8], p: [1, 16] } as const;
const saltBytes = 16;
const hashBytes = 32;

const pattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43,86})$/;

/** Longest password, in characters: more would only cost time. */
export const maxPasswordLength = 1_000;

/** Hashes a password with a salt of its own, or with one that is given. */
export async function hashPassword(password: string, salt: Buffer = randomBytes(saltBytes)): Promise<PasswordHash> {
  const hash = await deriveWith(password, salt, hashBytes, usualCost);
  const { ln, r, p } = usualCost;
  const text = `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`;
  return { text, cost: usualCost, salt, hash };
}

/** Reads a hash; `undefined` when it is none, or would cost too little or too much. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, ln, r, p, salt = '', hash = ''] = pattern.exec(text) ?? [];
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const isWithin = (['ln', 'r', 'p'] as const).every(
    (name) => cost[name] >= bounds[name][0] && cost[name] <= bounds[name][1],
  );
  if (!isWithin) return undefined;
  return { text, cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

/** Whether this is the password; takes as long when it is not. */
export async function verifyPassword(password: string, { cost, salt, hash }: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await deriveWith(password, salt, hash.length, cost), hash);
}

/** A hash that no password has, of the same cost as another. */
export function unmatchableHash(like: PasswordHash | undefined): PasswordHash {
  const cost = like?.cost ?? usualCost;
  return { text: '', cost, salt: randomBytes(saltBytes), hash: randomBytes(like?.hash.length ?? hashBytes) };
}

async function deriveWith(password: string, salt: Buffer, bytes: number, { ln, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** ln;
  // One form of each character, whatever the keyboard sends (RFC 8265 asks for NFC).
  return await derive(password.normalize('NFC'), salt, bytes, { N, r, p, maxmem: 128 * N * r + 32 * 1024 * 1024 });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
