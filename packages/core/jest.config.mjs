import { base } from '../../jest.config.base.mjs';

/** Some of these suites wait for time to pass: others go on beside them. */
export default { ...base, maxWorkers: 2 };
