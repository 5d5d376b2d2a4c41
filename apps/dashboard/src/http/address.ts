import type { Request } from 'express';

/** From where a request comes, by the word of the proxies that are believed. An IPv4 address is written as one, whatever socket took it. */
export function addressOf(request: Request): string | undefined {
  return request.ip?.replace(/^::ffff:/i, '');
}
