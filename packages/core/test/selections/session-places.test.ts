import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { packedSessionId } from '../../src/requests/packing.ts';
import { SessionPlaces } from '../../src/selections/session-places.ts';
import { mixedIds } from '../requests/id-shapes.ts';

test('places of sessions are those in which they were added, each once, and others have none', () => {
  const some = fc.array(fc.constantFrom(...mixedIds(40)), { maxLength: 60 });
  fc.assert(
    fc.property(some, some, (added, others) => {
      const places = new SessionPlaces();
      const model: string[] = [];
      for (const [n, id] of added.entries()) {
        const isNew = n % 2 === 0 ? places.add(id) : places.addPacked(packedSessionId(id));
        expect(isNew).toBe(!model.includes(id));
        if (!model.includes(id)) model.push(id);
      }
      for (const id of [...others, ...others]) {
        const place = model.indexOf(id);
        expect(places.of(id)).toBe(place === -1 ? undefined : place);
      }
      expect(model.map((id) => places.of(id))).toEqual(model.map((_, place) => place));
    }),
  );
});

test('places of forty thousand sessions are exact', () => {
  const places = new SessionPlaces();
  const ids = Array.from({ length: 40_000 }, (_, n) => `session ${n}`);
  expect(ids.every((id) => places.add(id))).toBe(true);
  expect(ids.findIndex((id, place) => places.of(id) !== place)).toBe(-1);
});
