/**
 * Says what is wrong with a version of Node, if anything.
 * @param {string} version such as v20.11.0
 * @param {string} engines such as >=20.11
 * @returns {string | undefined}
 */
export function nodeVersionFault(version, engines) {
  const wanted = numbers(engines);
  const present = numbers(version);
  for (const index of [0, 1, 2]) {
    const difference = (present[index] ?? 0) - (wanted[index] ?? 0);
    if (difference > 0) return undefined;
    if (difference < 0) {
      return `This project needs Node ${wanted.join('.')} or newer; this is ${version}. Get a newer one from https://nodejs.org or with your version manager.`;
    }
  }
  return undefined;
}

/** @param {string} text */
function numbers(text) {
  return (text.match(/\d+/g) ?? []).map(Number);
}
