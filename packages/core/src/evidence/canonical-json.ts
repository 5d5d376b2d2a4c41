import canonicalize from 'canonicalize';

/**
 * The one text of a JSON value (RFC 8785): what is hashed and signed. Absent and `undefined` fields are the same.
 * Throws where JSON has no such value: NaN, infinities, half a character, a circle.
 */
export function canonicalJson(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('JSON has no such value');
  return text;
}
