import { describe, expect, test } from '@jest/globals';
import { type Entry, headOf } from '../../../src/evidence/journal/chain.ts';
import { signHead } from '../../../src/evidence/journal/checkpoint.ts';
import { verifyJournal } from '../../../src/evidence/journal/verify-journal.ts';
import { journalOf, linesOf, newPair, rechained } from '../evidence-lab.ts';

const pair = newPair();
/** Checkpoints are records 10 and 20; records 21 to 25 are not signed. */
const journal = journalOf(25, 10, pair);
const lines = linesOf(journal);
const at = (index: number) => journal[index] as Entry;

async function faultOf(given: Iterable<string>, keys = pair.trusted) {
  const verdict = await verifyJournal(given, keys);
  if (verdict.is !== 'faulty') throw new Error(`found ${verdict.is}`);
  return verdict;
}

/** A record with another content under its old hash. */
function changed(index: number): string {
  return (lines[index] as string).replace('2027', '2026');
}

describe('a journal', () => {
  test('is signed when a checkpoint is its last record', async () => {
    const verdict = await verifyJournal(lines.slice(0, 20), pair.trusted);
    expect(verdict).toEqual({ is: 'signed', head: headOf(at(19)), checkpoints: 2 });
  });

  test('warns of the records behind its last checkpoint, and counts them', async () => {
    const verdict = await verifyJournal(lines, pair.trusted);
    expect(verdict).toEqual({ is: 'unsigned-tail', head: headOf(at(24)), checkpoints: 2, unsigned: 5 });
  });

  test('without records proves nothing', async () => {
    expect(await verifyJournal([], pair.trusted)).toEqual({ is: 'empty' });
  });

  test('goes on behind a head that is trusted, and is not whole without it', async () => {
    const rest = lines.slice(12);
    const verdict = await verifyJournal(rest, pair.trusted, { after: headOf(at(11)) });
    expect(verdict).toMatchObject({ is: 'unsigned-tail', unsigned: 5, checkpoints: 1 });
    expect((await faultOf(rest)).fault).toEqual({ is: 'missing', line: 1, from: 1, to: 12 });
    const other = { ...headOf(at(11)), hash: at(10).hash };
    expect(await verifyJournal(rest, pair.trusted, { after: other })).toMatchObject({ fault: { is: 'unlinked' } });
  });

  test('may be signed by more than one key in its life', async () => {
    const later = newPair();
    const both = new Map([...pair.trusted, ...later.trusted]);
    const more = journalOf(20, 10, pair).slice(0, 19);
    more.push(signHead(headOf(more.at(-1) as Entry), '2027-02-01T00:00:00Z', later.signing));
    expect(await verifyJournal(linesOf(more), both)).toMatchObject({ is: 'signed', checkpoints: 2 });
    const { fault, message } = await faultOf(linesOf(more));
    const [given] = pair.trusted.keys();
    expect(fault).toEqual({ is: 'wrong-key', line: 20, sequence: 20, keyId: later.signing.id, given: [given] });
    expect(message).toBe(
      `the checkpoint in line 20 is signed by key ${later.signing.id}, which is not among those given (${given})`,
    );
  });
});

describe('a fault is found and named:', () => {
  test('a changed record', async () => {
    const { fault, message } = await faultOf(lines.with(6, changed(6)));
    expect(fault).toEqual({ is: 'changed', line: 7, sequence: 7 });
    expect(message).toBe('record 7 (line 7) was changed');
  });

  test('a record in another spelling, though it says the same', async () => {
    const { fault } = await faultOf(lines.with(6, (lines[6] as string).replace('"record":', '"record": ')));
    expect(fault).toEqual({ is: 'changed', line: 7, sequence: 7 });
  });

  test('a changed record whose hash was made anew', async () => {
    const other = rechained(journal.with(6, { ...at(6), record: { ...at(6).record, at: '2026-01-01T00:00:00Z' } }), 6);
    const { fault } = await faultOf(linesOf(journal.with(6, other[6] as Entry)));
    expect(fault).toEqual({ is: 'unlinked', line: 8, sequence: 8 });
  });

  test('a changed record behind which all hashes were made anew: by the next checkpoint', async () => {
    const other = journal.with(12, { ...at(12), record: { ...at(12).record, at: '2026-01-01T00:00:00Z' } });
    const { fault, message } = await faultOf(linesOf(rechained(other, 12)));
    expect(fault).toEqual({ is: 'forged', line: 20, from: 11, to: 20 });
    expect(message).toMatch('the checkpoint in line 20 does not fit: records 11 to 20 are not what was signed');
  });

  test('a checkpoint of another journal', async () => {
    const other = journalOf(25, 5, pair);
    const { fault } = await faultOf(linesOf(rechained(journal.with(9, other[9] as Entry), 9)));
    expect(fault).toEqual({ is: 'forged', line: 10, from: 1, to: 10 });
  });

  test('missing records', async () => {
    const { fault, message } = await faultOf(lines.toSpliced(4, 3));
    expect(fault).toEqual({ is: 'missing', line: 5, from: 5, to: 7 });
    expect(message).toBe('records 5 to 7 are missing before line 5');
  });

  test('records in another order', async () => {
    const swapped = lines.with(4, lines[8] as string).with(8, lines[4] as string);
    const { fault, message } = await faultOf(swapped);
    expect(fault).toEqual({ is: 'reordered', line: 5, sequence: 9, expected: 5, foundInLine: 9 });
    expect(message).toBe('record 9 (line 5) stands before record 5 (line 9)');
  });

  test('a record that stands there twice', async () => {
    const { fault } = await faultOf(lines.toSpliced(20, 0, lines[2] as string));
    expect(fault).toEqual({ is: 'duplicated', line: 21, sequence: 3 });
  });

  test('half a line at the end, told from one in between', async () => {
    const half = (lines[24] as string).slice(0, 100);
    expect((await faultOf(lines.with(24, half))).fault).toEqual({ is: 'cut', line: 25, sequence: 25 });
    const between = (await faultOf(lines.with(23, half))).fault;
    expect(between).toEqual({ is: 'unreadable', line: 24, sequence: 24, reason: 'it is not JSON' });
  });

  test('an end that was cut off, where a later record is known', async () => {
    const known = [headOf(at(19)), headOf(at(4))];
    expect(await verifyJournal(lines, pair.trusted, { known })).toMatchObject({ is: 'unsigned-tail' });
    const verdict = await verifyJournal(lines.slice(0, 10), pair.trusted, { known });
    expect(verdict).toMatchObject({ fault: { is: 'cut', line: 10, sequence: 11, known: 20 } });
    expect(await verifyJournal([], pair.trusted, { known })).toMatchObject({ fault: { is: 'cut', known: 20 } });
  });

  test('another record than the one that is known', async () => {
    const known = [{ sequence: 5, hash: at(5).hash }];
    const verdict = await verifyJournal(lines, pair.trusted, { known });
    expect(verdict).toMatchObject({ fault: { is: 'other', line: 5, expected: known[0] } });
  });

  test('a record of a later version', async () => {
    const { fault, message } = await faultOf(lines.with(3, (lines[3] as string).replace('batch-sent', 'batch-lost')));
    expect(fault).toMatchObject({ is: 'unreadable', line: 4, sequence: 4 });
    expect(message).toMatch(/^line 4 holds no record that this version can read, where record 4 should stand: record/);
  });

  test('a private text in a line that is no record is not repeated', async () => {
    const secret = '88336e4c-04de-4274-ae31-39957b230f98';
    const given = lines.with(3, `{"${secret}": "${secret}"}`);
    expect(JSON.stringify(await faultOf(given))).not.toContain(secret);
  });
});
