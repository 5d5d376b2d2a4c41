import { createWriteStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { certificatePage } from '../../certificates/certificate-page.ts';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';

export interface CertificateOptions {
  html?: boolean;
  leaves?: boolean;
  output?: string;
}

/** `session-queue certificate`: as JSON, as a page, or the leaves behind it. */
export async function certificate(session: Session, id: string, options: CertificateOptions): Promise<void> {
  const { queue, terminal } = session;
  const { html = false, leaves = false, output } = options;
  if (leaves) return await writeTo(session, output, textOf(queue.certificateLeaves(id)));
  const found = await withPatience(terminal, () => queue.certificate(id));
  await writeTo(session, output, [html ? certificatePage(found) : `${JSON.stringify(found)}\n`]);
}

async function* textOf(lines: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  for await (const some of lines) yield some.map((line) => `${line}\n`).join('');
}

async function writeTo(
  { terminal }: Session,
  output: string | undefined,
  text: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  const target: Writable = output === undefined ? terminal.stdout : createWriteStream(output);
  try {
    await pipeline(Readable.from(text), target, { end: output !== undefined });
  } catch (cause) {
    const isOfFile = cause instanceof Error && 'syscall' in cause && output !== undefined;
    if (!isOfFile) throw cause;
    throw new CommandFailure(exitCodes.usage, `${output} cannot be written.`, { cause });
  }
}
