import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { explainedCodes, meaningOf, meaningOfEnded } from '../../src/learnosity/code-meanings.ts';
import { decidedCodes } from '../../src/learnosity/decision.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

const redriveScript = readFileSync(`${root}packages/core/src/requests/scripts/redrive.lua`, 'utf8');

/** Codes that are written out in the sources of these folders. */
function writtenCodes(...folders: string[]): Set<string> {
  const found = new Set<string>();
  for (const folder of folders) {
    for (const file of readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const text = readFileSync(`${root}${folder}/${file}`, 'utf8');
      for (const [, code] of text.matchAll(/(?:\bcode: |#fail\(|TransportFailure\()'([A-Za-z_]+)'/g))
        found.add(code ?? '');
    }
  }
  return found;
}

describe('What a code means', () => {
  it('is told of every code of Learnosity that is decided about', () => {
    expect(decidedCodes.length).toBeGreaterThan(25);
    expect(decidedCodes.map(String).filter((code) => !explainedCodes.has(code))).toEqual([]);
  });

  it('is told of every code that the engine gives itself', () => {
    const written = writtenCodes(
      'packages/core/src/learnosity',
      'apps/worker/src/sender',
      'apps/worker/src/tracker',
      'apps/worker/src/reconciler',
      'apps/worker/src/seeker',
      'apps/worker/src/inspect',
    );
    for (const code of [
      'session_deleted',
      'halted',
      'endless',
      'missing',
      'unknown',
      'UNREADABLE',
      'DEADLINE',
      'ABORTED',
      'TOO_LARGE',
    ]) {
      expect(written).toContain(code);
    }
    expect([...written].filter((code) => !explainedCodes.has(code))).toEqual([]);
    const inScripts = [...redriveScript.matchAll(/report_entry\('([a-z_]+)'/g)].map(([, code = '']) => code);
    expect(inScripts).toEqual(['parked']);
    expect(inScripts.filter((code) => !explainedCodes.has(code))).toEqual([]);
  });

  it('is a sentence with a remedy for any text whatever, and of an unknown one by its family', () => {
    const codes = [
      '',
      '29999',
      '39999',
      '49999',
      '59999',
      'HTTP_413',
      'HTTP_503',
      'HTTP_404',
      'HTTP_200',
      'ECONNRESET',
    ];
    for (const code of [...explainedCodes, ...codes, 'CERT_HAS_EXPIRED', 'never heard', '__proto__', 'constructor']) {
      const { meaning, remedy } = meaningOf(code);
      expect({ code, ends: /^\S.*[.)]$/s.test(meaning) && /^\S.*\.$/s.test(remedy) }).toEqual({ code, ends: true });
    }
    expect(meaningOf('29999')).not.toEqual(meaningOf('49999'));
    expect(meaningOf('HTTP_429')).toEqual(meaningOf('42000'));
    expect(meaningOf('ECONNRESET').meaning).toContain('ECONNRESET');
    expect(meaningOf('constructor')).toEqual(meaningOf('never heard'));
  });

  it('never tells of an item that has failed or is parked that it is tried again by itself', () => {
    for (const code of [...explainedCodes, 'HTTP_503', 'ECONNRESET']) {
      for (const list of ['failed', 'parked'] as const) {
        const { meaning, remedy } = meaningOfEnded(code, list);
        expect({ code, list, remedy }).not.toEqual({ code, list, remedy: expect.stringContaining('Nothing to do') });
        expect(meaning).toBe(meaningOf(code).meaning);
      }
      expect(meaningOfEnded(code, 'parked').remedy).toContain('session-queue parked <request> resend');
    }
    expect(meaningOfEnded('20004', 'failed')).toEqual(meaningOf('20004'));
  });
});
