import {
  type Certificate,
  carriedLeafLines,
  EvidenceError,
  fileLines,
  findInLeafFile,
  type PublicKeys,
  verifyCertificate,
} from '@session-queue/core/evidence';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { fileFailure } from '../input/bytes.ts';
import { readJsonFile, readKeyFiles } from '../input/evidence-files.ts';
import { readIds } from '../input/read-ids.ts';
import { print, type Terminal } from '../terminal.ts';
import { counted, readable } from '../wording.ts';

/** As many as a request takes. */
const mostSessions = 5_000_000;

export interface VerifyCertificateOptions {
  publicKey: string[];
  session?: string[];
  sessionsFile?: string;
  leaves?: string;
  json?: boolean;
}

/** Which of the sessions that were asked for are gone, by their places among them; `unproven` where nothing tells. */
interface Answer {
  is: 'genuine' | 'proven-gone' | 'not-among' | 'unproven' | 'faulty';
  message: string;
  /** Numbers from 1, of sessions that are not among those that are gone. */
  notAmong: number[];
}

/** `session-queue verify-certificate`: whether it is genuine, and proves what is asked. */
export async function verifyCertificateFile(
  terminal: Terminal,
  path: string,
  options: VerifyCertificateOptions,
): Promise<void> {
  const keys = await readKeyFiles(options.publicKey);
  const value = await readJsonFile(path);
  const sessions = await sessionsOf(terminal, options);
  const answer = await answerFor(value, keys, sessions, options.leaves);
  if (options.json) print(terminal, JSON.stringify(answer));
  else print(terminal, answer.message);
  if (answer.is === 'genuine' || answer.is === 'proven-gone') return;
  throw new CommandFailure(
    exitCodes.notDone,
    answer.is === 'faulty' ? 'The certificate proves nothing.' : 'Not everything that was asked for is proven.',
  );
}

async function sessionsOf(
  terminal: Terminal,
  { session = [], sessionsFile }: VerifyCertificateOptions,
): Promise<string[]> {
  if (sessionsFile === undefined) return session;
  const tooMany = () => new CommandFailure(exitCodes.usage, `At most ${readable(mostSessions)} sessions at once.`);
  return await readIds(terminal, { ids: [], files: [sessionsFile] }, { most: mostSessions, tooMany });
}

async function answerFor(
  value: unknown,
  keys: PublicKeys,
  sessions: readonly string[],
  leaves: string | undefined,
): Promise<Answer> {
  const verdict = verifyCertificate(value, keys);
  if (verdict.is === 'faulty') return { is: 'faulty', message: `Faulty: ${verdict.message}`, notAmong: [] };
  const { certificate } = verdict;
  const about = `Genuine: request ${certificate.request.id}, ${readable(certificate.counts.succeeded)} of ${counted(certificate.counts.total, 'session')} gone`;
  if (leaves !== undefined) {
    const found = await findIn(certificate, leaves, sessions);
    if (found.is === 'wrong-leaves') {
      const message = `Faulty: the leaves in ${leaves} are not those that the certificate was signed for`;
      return { is: 'faulty', message, notAmong: [] };
    }
    return withSessions(about, found.isGone);
  }
  if (sessions.length === 0) return { is: 'genuine', message: about, notAmong: [] };
  if (certificate.leaves === undefined) {
    const message = `${about}\nUnproven: it carries no leaves to look for sessions in. Get them with certificate --leaves, and give --leaves`;
    return { is: 'unproven', message, notAmong: [] };
  }
  const { isGone } = await findInLeafFile(certificate, carriedLeafLines(certificate), sessions);
  return withSessions(about, isGone);
}

function withSessions(about: string, isGone: readonly boolean[]): Answer {
  if (isGone.length === 0) return { is: 'genuine', message: about, notAmong: [] };
  const notAmong = isGone.flatMap((gone, index) => (gone ? [] : [index + 1]));
  const all = counted(isGone.length, 'session');
  if (notAmong.length === 0)
    return { is: 'proven-gone', message: `${about}\nProven: ${all} among those gone`, notAmong };
  const which = notAmong.slice(0, 20).join(', ') + (notAmong.length > 20 ? ', …' : '');
  const message = `${about}\nNot among those gone: ${readable(notAmong.length)} of ${all}, by their place: ${which}`;
  return { is: 'not-among', message, notAmong };
}

async function findIn(certificate: Certificate, path: string, sessions: readonly string[]) {
  try {
    return await findInLeafFile(certificate, fileLines(path), sessions);
  } catch (cause) {
    if (cause instanceof EvidenceError)
      throw new CommandFailure(exitCodes.usage, `${path}: ${cause.message}.`, { cause });
    throw fileFailure(path, cause, '');
  }
}
