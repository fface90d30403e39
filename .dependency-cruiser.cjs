// Who may import whom. One row per package: other packages and npm modules that its sources may name.
// A package without a row is refused, so a new one starts by saying where it stands.
const packages = {
  protocol: { dialect: [], npm: [], builtins: false },
  core: { dialect: ['protocol'], npm: ['zod', 'jose'] },
  'storage-sql': { dialect: ['core', 'protocol'], npm: ['kysely'] },
  'adapter-sqlite': { dialect: ['storage-sql', 'core'], npm: ['kysely', 'better-sqlite3'] },
  'adapter-mysql': { dialect: ['storage-sql', 'core'], npm: ['kysely', 'mysql2'] },
  'push-fcm': { dialect: ['core'], npm: ['firebase-admin'] },
  'transport-ws': { dialect: ['core', 'protocol'], npm: ['ws'] },
  'server-http': {
    dialect: ['core', 'protocol', 'transport-ws'],
    npm: ['hono', '@hono/node-server', '@fastify/busboy', 'swagger-ui-dist', 'zod'],
  },
  client: { dialect: ['protocol'], npm: [], builtins: false },
};

// Folders of core: a use-case folder stands alone, the others are shared.
const useCases = ['register', 'users', 'chat', 'messaging', 'sync', 'blacklist', 'media'];
const shared = ['domain', 'ports', 'defaults', 'push', 'testing'];

// Needed only when our own accounts, or files, are switched on: a host with neither must not pay for loading them.
const optionalPeers = ['argon2', 'libphonenumber-js', 'sharp', 'file-type'];

const any = (names) => `(${names.join('|')})`;
const npm = (names) => `node_modules/(@types/)?${any(names)}/`;
const adapter = '^packages/(adapter-[^/]+|push-fcm)/';
const compositionRoot = '^packages/server-http/src/(serve|open-storage|open-push|cli[^/]*)[.]ts$';

const rules = Object.entries(packages).map(([name, may]) => {
  const allowed = [`^packages/${any([name, ...may.dialect])}/`];
  if (may.npm.length > 0) allowed.push(npm(may.npm));
  // The two rows that a regular expression cannot hold have rules of their own below.
  if (name === 'core') allowed.push(npm([...optionalPeers, 'vitest']));
  if (name === 'server-http') allowed.push(adapter);
  return {
    name: `${name}-imports`,
    comment: `${name} may import ${[...may.dialect, ...may.npm].join(', ') || 'nothing'}${may.builtins === false ? ', and no Node built-ins: it runs in browsers' : ''}.`,
    from: { path: `^packages/${name}/src/` },
    to: {
      pathNot: allowed,
      couldNotResolve: false,
      ...(may.builtins === false ? {} : { dependencyTypesNot: ['core'] }),
    },
  };
});

rules.push(
  {
    name: 'package-without-a-row',
    comment: 'Give the package a row in .dependency-cruiser.cjs: what may it import?',
    from: { path: '^packages/', pathNot: `^packages/${any(Object.keys(packages))}/` },
    to: {},
  },
  {
    name: 'packages-by-name',
    comment: 'Another package is imported by its published name; a path into its files goes behind its exports.',
    from: { path: '^packages/([^/]+)/src/' },
    to: { path: '^packages/', pathNot: '^packages/$1/', dependencyTypesNot: ['aliased'] },
  },
  {
    name: 'examples-use-published-names',
    comment: 'An example shows what a user can write: published names and its own files.',
    from: { path: '^examples/([^/]+)/' },
    to: { path: '^(packages|bench|scripts|examples)/', pathNot: '^examples/$1/', dependencyTypesNot: ['aliased'] },
  },
  {
    name: 'adapters-in-the-composition-root',
    comment:
      'The server learns which database it has from its options; only open-storage.ts and the command choose one; open-push.ts does so for push.',
    from: { path: '^packages/server-http/src/', pathNot: compositionRoot },
    to: { path: adapter },
  },
  {
    name: 'optional-peers-load-late',
    comment: 'An optional peer is loaded by import() where it is used, or named in an import type.',
    from: { path: '^packages/core/src/' },
    to: { path: npm(optionalPeers), dynamic: false, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'vitest-in-testing-only',
    comment: 'The contract suites are the only part of core that may need a test runner.',
    from: { path: '^packages/core/src/', pathNot: '^packages/core/src/testing/' },
    to: { path: npm(['vitest']) },
  },
  {
    name: 'domain-is-pure',
    comment:
      'Domain rules load nothing but each other, so they can be read and tested alone. Types may come from anywhere.',
    from: { path: '^packages/core/src/domain/' },
    to: { pathNot: '^packages/core/src/domain/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'use-cases-stand-alone',
    comment: 'A use-case folder never imports another one: what two of them share is a rule and lives in domain.',
    from: { path: `^packages/core/src/${any(useCases)}/` },
    to: { path: `^packages/core/src/${any(useCases)}/`, pathNot: '^packages/core/src/$1/' },
  },
  {
    name: 'core-folder-unknown',
    comment: 'Say in .dependency-cruiser.cjs whether this folder of core holds use cases or is shared.',
    from: { path: '^packages/core/src/[^/]+/', pathNot: `^packages/core/src/${any([...useCases, ...shared])}/` },
    to: {},
  },
  {
    name: 'undeclared-dependency',
    comment: 'What a published package imports stands in its own package.json, or it breaks outside this repository.',
    from: { path: '^packages/[^/]+/src/' },
    to: { path: 'node_modules/', dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional'] },
  },
  { name: 'unresolvable', comment: 'The imported module does not exist.', from: {}, to: { couldNotResolve: true } },
  {
    name: 'cycle',
    comment: 'These files load each other: which of them is ready first depends on who is imported first.',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    // Reported, not refused: types vanish at run time, and a type inferred from the record of use cases has to come
    // back to the context that each use case is given. The line is there so that a needless one is seen.
    name: 'type-cycle',
    severity: 'warn',
    comment: 'These files name each other, at least in part by types.',
    from: {},
    to: { circular: true, via: { dependencyTypes: ['type-only'] } },
  },
);

module.exports = {
  forbidden: rules.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: ['node_modules', '(^|/)dist/'] },
    exclude: { path: ['(^|/)(dist|coverage|[.]turbo)/', '^docs/api/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types count too: a wrong direction is wrong before the compiler erases it.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
