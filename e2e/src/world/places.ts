import { fileURLToPath } from 'node:url';

const built = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

export const projectFolder = built('');
export const dashboardScript = built('apps/dashboard/dist/main.js');
export const fakeScript = built('packages/fake-learnosity/dist/main.js');
export const resultsFolder = built('e2e/results');
export const preloadFolder = built('e2e/dist/preload');
