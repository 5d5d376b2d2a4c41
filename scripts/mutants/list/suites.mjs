/**
 * @param {string} folder
 * @returns {(files: string, tests?: string) => import('../mutant.mjs').Suite}
 */
function suitesOf(folder) {
  return (files, tests) => ({ folder, files, ...(tests !== undefined && { tests }) });
}

export const core = suitesOf('packages/core');
export const worker = suitesOf('apps/worker');
export const producer = suitesOf('apps/producer');
export const s3Archive = suitesOf('packages/s3-archive');
export const dashboard = suitesOf('apps/dashboard');
