/** Shared by every package: TypeScript through swc, ES modules, workspace packages from their sources. */
export const base = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } }],
  },
  testEnvironmentOptions: { customExportConditions: ['@session-queue/source', 'node', 'node-addons'] },
  testTimeout: 30_000,
};
