// The architecture's one rule: imports point downward, and there is no circle (docs/architecture.md).
const layers = [
  'contract',
  'figures',
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

/** Folders that each folder of src/ may import, besides itself. What is said between the parts, all of them may know. */
const allowed = {
  contract: [],
  figures: ['contract'],
  base: ['contract'],
  linalg: ['contract', 'base'],
  unlearn: ['contract', 'base', 'linalg'],
  models: ['contract', 'base', 'linalg'],
  data: ['contract', 'base', 'linalg'],
  explain: ['contract', 'base', 'linalg', 'models', 'data'],
  project: ['contract', 'base', 'linalg', 'data'],
  report: ['contract', 'figures', 'base', 'project'],
  engine: ['contract', 'figures', 'base', 'linalg', 'unlearn', 'models', 'data', 'explain', 'project', 'report'],
  // The engine from another process: it must never pull a runtime into the editor.
  client: ['contract', 'base', 'project'],
  cli: ['contract', 'base', 'project', 'engine'],
  extension: ['contract', 'figures', 'base', 'project', 'client'],
};

/** Floors of the editor's part, the highest first: each may import those below it. */
const editorFloors = [
  { name: 'the-entry', path: '^src/extension/extension\\.ts$' },
  { name: 'commands', path: '^src/extension/commands/' },
  { name: 'flows', path: '^src/extension/flows/' },
  { name: 'what-is-shown', path: '^src/extension/(studio|diagnostics|setup|environment)/' },
  { name: 'stores', path: '^src/extension/((models|runs|jobs|classes)/|(?!extension\\.ts$)[^/]+\\.ts$)' },
];

/** The rooms of the Studio's page, each of which knows those after it. */
const pageRooms = ['shell', 'views', 'plots', 'elements', 'state'];

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-circle-of-folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
    ...layers.map((layer) => ({
      name: `${layer}-imports-downward`,
      severity: 'error',
      from: { path: `^src/${layer}/` },
      to: { path: '^src/', pathNot: `^src/(${[layer, ...allowed[layer]].join('|')})/` },
    })),
    ...editorFloors.slice(1).map((floor, at) => ({
      name: `editor-${floor.name}-import-downward`,
      comment: 'commands call flows, flows use what is shown and asked, and all of them the stores',
      severity: 'error',
      from: { path: floor.path },
      to: { path: editorFloors.slice(0, at + 1).map(({ path }) => path) },
    })),
    {
      name: 'one-door-to-onnxruntime',
      comment: 'src/base/onnxruntime.ts turns its telemetry off before it loads',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/base/onnxruntime\\.ts$' },
      to: { path: 'onnxruntime-node', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'webview-knows-what-is-shared-alone',
      comment: 'a browser runs it: what it may share with the rest runs anywhere',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^src/', pathNot: '^src/(contract|figures)/' },
    },
    {
      name: 'shared-runs-anywhere',
      comment:
        'contract and figures are code of the engine, the editor, the page, the report and the command line alike',
      severity: 'error',
      from: { path: '^src/(contract|figures)/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/(zod|picomatch|@types/picomatch)/' },
    },
    {
      name: 'schemas-stay-out-of-the-page',
      comment: 'records.ts and what it is made of validate files; the page needs their types alone',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^src/contract/(records|schemas)', dependencyTypesNot: ['type-only'] },
    },
    ...pageRooms.slice(1).map((room, at) => ({
      name: `${room}-of-the-page-imports-downward`,
      severity: 'error',
      from: { path: `^webview/studio/${room}/` },
      to: { path: `^webview/studio/(${pageRooms.slice(0, at + 1).join('|')})/` },
    })),
    {
      name: 'doors-are-entered-by-the-index-alone',
      comment: 'a job is a door to the rooms beside it; what two jobs need stands in a room',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/engine/jobs/index\\.ts$' },
      to: { path: '^src/engine/jobs/', pathNot: '^src/engine/jobs/index\\.ts$' },
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
    doNotFollow: { path: ['node_modules'] },
  },
};
