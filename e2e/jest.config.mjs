import { base } from '../jest.config.base.mjs';

/** A browser, or processes, at work beside others that wait for theirs. */
export default { ...base, maxWorkers: 2 };
