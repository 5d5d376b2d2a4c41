// Makes the example files anew, always the same: node examples/make-data.mjs
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

const rows = 2_000;
const duplicates = 40;
const alreadyGone = 25;
const textIdEvery = 20;
const submissions = 120;

const folder = new URL('.', import.meta.url);

/**
 * Bytes that depend on a name only.
 * @param {string} name
 */
function bytesFor(name) {
  return createHash('sha256').update(`session-queue example ${name}`).digest();
}

/**
 * @param {string} name
 * @param {number} below
 */
function numberFor(name, below) {
  return bytesFor(name).readUInt32BE(0) % below;
}

/** @param {string} name */
function uuidFor(name) {
  const bytes = bytesFor(name).subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Session ids that are no UUIDs, as hosts of many years have them.
 * @param {number} index
 */
function textIdFor(index) {
  const number = String(index).padStart(6, '0');
  const forms = [
    `legacy-2019-${number}`,
    `exam_7b/q${number}`,
    `prüfung-2021-${number}`,
    `Course 12 attempt ${number}`,
  ];
  return forms[numberFor(`form ${index}`, forms.length)];
}

function sessionIds() {
  const distinct = Array.from({ length: rows - duplicates }, (_, index) =>
    index % textIdEvery === 7 ? textIdFor(index) : uuidFor(`session ${index}`),
  );
  const list = [...distinct];
  for (let index = 0; index < duplicates; index++) {
    const original = distinct[numberFor(`original ${index}`, distinct.length)];
    list.splice(numberFor(`place ${index}`, list.length), 0, original);
  }
  const gone = new Set();
  for (let index = 0; gone.size < alreadyGone; index++) {
    gone.add(distinct[numberFor(`gone ${index}`, distinct.length)]);
  }
  return { list, gone: [...gone] };
}

/**
 * What a learner's browser may have kept when it could not save.
 * @param {number} index
 */
function recording(index) {
  const start = Date.UTC(2025, 4, 12, 8, 30) + index * 61_000;
  const questions = Array.from({ length: 8 }, (_, question) => {
    const name = `recording ${index} question ${question}`;
    return {
      response_id: uuidFor(name),
      type: ['mcq', 'shorttext', 'longtext'][numberFor(`type ${name}`, 3)],
      value: [`choice ${numberFor(name, 4)}`, `${numberFor(`word ${name}`, 1_000)} metres`],
      revision: 1 + numberFor(`revision ${name}`, 6),
      attempted_at: new Date(start + question * 47_000).toISOString(),
    };
  });
  return {
    session_id: uuidFor(`submission session ${index}`),
    user_id: `learner-${String(numberFor(`learner ${index}`, 900) + 100)}`,
    activity_id: `reading-test-${1 + (index % 6)}`,
    state: 'submit',
    saved_at: new Date(start + 400_000).toISOString(),
    responses: questions,
  };
}

const { list, gone } = sessionIds();
writeFileSync(new URL('sessions-to-delete.csv', folder), `${['session_id', ...list].join('\n')}\n`);
writeFileSync(new URL('already-gone.txt', folder), `${gone.join('\n')}\n`);

const submissionFolder = new URL('failed-submissions/', folder);
rmSync(submissionFolder, { recursive: true, force: true });
mkdirSync(submissionFolder);
for (let index = 1; index <= submissions; index++) {
  const name = `submission-${String(index).padStart(3, '0')}.txt`;
  const text = Buffer.from(JSON.stringify(recording(index))).toString('base64');
  writeFileSync(new URL(name, submissionFolder), `${text}\n`);
}
