/**
 * The floor plan, enforced. Each package may import the packages on its line and nothing else of ours
 * (tests also `testkit`); every package has one door, `src/index.ts`.
 */
const floors = {
  'packages/core': [],
  'packages/contracts': ['core'],
  'packages/vault': ['core'],
  'packages/runtime': [],
  'packages/channels': ['core'],
  'packages/store': ['core', 'contracts'],
  'packages/queue': ['core', 'contracts'],
  'packages/engine': ['core', 'contracts', 'vault', 'channels', 'store', 'queue'],
  'packages/client': ['contracts'],
  'packages/testkit': [],
  'packages/e2e': ['client', 'contracts', 'core', 'queue', 'store', 'testkit', 'vault'],
  'packages/bench': ['client', 'contracts', 'core', 'queue', 'store', 'testkit', 'e2e'],
  'packages/scorecard': [
    'core',
    'contracts',
    'vault',
    'channels',
    'store',
    'queue',
    'engine',
    'client',
    'testkit',
    'e2e',
  ],
  'apps/api': ['core', 'contracts', 'vault', 'runtime', 'channels', 'store', 'queue', 'engine'],
  'apps/worker': ['core', 'contracts', 'vault', 'runtime', 'channels', 'store', 'queue', 'engine'],
  'apps/cli': ['core', 'contracts', 'vault', 'runtime', 'channels', 'store', 'queue', 'engine', 'client'],
  'apps/console': ['contracts'],
  // A stranger: had it shared our reading of a provider's page, one misreading would pass on both sides.
  'apps/simulator': ['runtime'],
};

/** Code that only tests load. */
const testCode = '[.]test[.]ts$|/src/(?:testing|conformance)/|^packages/(?:testkit|e2e)/';
const anyRoom = '^(?:packages|apps)/[^/]+/';

const floorRules = Object.entries(floors).map(([room, allowed]) => ({
  name: `floor-of-${room.split('/')[1]}`,
  comment: `${room} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^${room}/src/`, pathNot: testCode },
  to: { path: anyRoom, pathNot: [`^${room}/`, ...allowed.map((name) => `^packages/${name}/`)] },
}));

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: 'one-door',
      comment:
        'A package is entered by its index only, or by the second door of core (its rules) and of e2e (its world).',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: {
        path: anyRoom,
        pathNot: [
          '^$1/$2/',
          '^packages/[^/]+/(?:src/index[.]ts|dist/index[.](?:js|d[.]ts))$',
          '^packages/core/(?:src/rules[.]ts|dist/rules[.](?:js|d[.]ts))$',
          '^packages/e2e/(?:src/world/index[.]ts|dist/world/index[.](?:js|d[.]ts))$',
        ],
      },
    },
    {
      name: 'no-app-imports-an-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-cycles',
      comment:
        'Of types neither: this parser does not tell them apart, and a reader goes round in circles all the same.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-is-pure',
      comment: 'The domain has no I/O, no clock, no randomness: not even node:*.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: testCode },
      to: { pathNot: '^packages/core/src/' },
    },
    {
      name: 'test-code-stays-in-tests',
      severity: 'error',
      from: { path: '^(?:packages|apps)/', pathNot: [testCode, '^packages/(?:bench|scorecard)/'] },
      to: { path: testCode },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-dependency',
      comment: 'Whatever is imported stands in the package.json of the package that imports it.',
      severity: 'error',
      from: { path: '^(?:packages|apps)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-dependency',
      comment: 'What ships does not lean on devDependencies.',
      severity: 'error',
      from: { path: '^(?:packages|apps)/', pathNot: testCode },
      // The root lists for its own tests what a package may list as its own.
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm'] },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/|/node_modules/[.]bin/' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['otp-relay-source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
