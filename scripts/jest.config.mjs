import { base } from '../jest.config.base.mjs';

/** The scripts run before anything is installed or compiled, so they and their tests are plain modules. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/**/*.test.mjs'],
  silent: true,
  moduleFileExtensions: ['mjs', 'js', 'json', 'node'],
};
