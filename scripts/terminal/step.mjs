import { bold, dim, green, red } from './style.mjs';

/** @param {number} ms */
export function duration(ms) {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Says what begins, does it, and says how it went and how long it took.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  console.log(`${bold('▸')} ${title}`);
  const begin = performance.now();
  try {
    const result = await work();
    console.log(`  ${green('✓')} ${title} ${dim(`(${duration(performance.now() - begin)})`)}`);
    return result;
  } catch (error) {
    console.log(`  ${red('✗')} ${title} ${dim(`(${duration(performance.now() - begin)})`)}`);
    throw error;
  }
}

/** @param {string} text one remark within a step */
export function note(text) {
  console.log(`    ${text}`);
}
