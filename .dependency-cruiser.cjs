// The architecture's one rule: imports point downward, and there is no circle (docs/architecture.md).
const layers = [
  'base',
  'linalg',
  'unlearn',
  'models',
  'data',
  'explain',
  'project',
  'report',
  'engine',
  'client',
  'cli',
  'extension',
];

/** Folders that each folder of src/ may import, besides itself. */
const allowed = {
  base: [],
  linalg: ['base'],
  unlearn: ['base', 'linalg'],
  models: ['base', 'linalg'],
  data: ['base', 'linalg'],
  explain: ['base', 'linalg', 'models', 'data'],
  project: ['base', 'linalg', 'data'],
  report: ['base', 'project'],
  engine: ['base', 'linalg', 'unlearn', 'models', 'data', 'explain', 'project', 'report'],
  // The engine from another process: it must never pull a runtime into the editor.
  client: ['base', 'project'],
  cli: ['base', 'project', 'engine'],
  extension: ['base', 'project', 'client'],
};

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...layers.map((layer) => ({
      name: `${layer}-imports-downward`,
      severity: 'error',
      from: { path: `^src/${layer}/` },
      to: { path: '^src/', pathNot: `^src/(${[layer, ...allowed[layer]].join('|')})/|^src/protocol\\.ts$` },
    })),
    {
      name: 'one-door-to-onnxruntime',
      comment: 'src/base/onnxruntime.ts turns its telemetry off before it loads',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/base/onnxruntime\\.ts$' },
      to: { path: 'onnxruntime-node', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'webview-knows-the-protocol-alone',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^src/', pathNot: '^src/protocol\\.ts$' },
    },
    {
      name: 'one-door-to-the-toolkit',
      comment: '@vscode/webview-ui-toolkit is archived: webview/toolkit.ts is what a replacement would change',
      severity: 'error',
      from: { path: '^(src|webview)/', pathNot: '^webview/toolkit\\.ts$' },
      to: { path: '@vscode/webview-ui-toolkit|@microsoft/fast' },
    },
    {
      name: 'formats-are-strangers',
      comment: 'a model format never imports another one',
      severity: 'error',
      from: { path: '^src/models/([^/]+)/' },
      to: { path: '^src/models/[^/]+/', pathNot: '^src/models/($1|tfjs)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // The package esbuild is taken for the build script of that name.
    doNotFollow: { path: ['node_modules', '^esbuild\\.mjs$'] },
  },
};
