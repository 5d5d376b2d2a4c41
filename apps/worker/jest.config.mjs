import { base } from '../../jest.config.base.mjs';

/** These suites mostly wait for quotas and jobs: more of them at a time than cores. */
export default { ...base, maxWorkers: 3 };
