/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['otp-relay-source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/{packages,apps}/*/src/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testTimeout: 20_000,
  maxWorkers: 2,
  // Modules loaded as ESM are never freed: a worker that has grown this large is replaced between two files.
  workerIdleMemoryLimit: '1GB',
  reporters: ['default', '<rootDir>/infra/jest/tally-reporter.mjs'],
};
