import { defineConfig } from 'vitest/config';

// `unit` and `engine` are the quick part: no trained model, no child process. `system` runs the built command line on real
// files. What is built is built anew where it is older than its sources.
// Tests tell nobody of the models they open (src/base/telemetry.ts), also where they load ONNX Runtime themselves.
const env = { ORT_DISABLE_TELEMETRY: '1' };

/** Rooms with runtimes and kept models in them, whose tests replace modules: each file has a process of its own. */
const ISOLATED = ['test/unit/engine/**/*.test.ts', 'test/unit/models/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      // Loading modules anew for every file would take longer than these tests do.
      {
        test: {
          name: 'unit',
          env,
          include: ['test/unit/**/*.test.ts'],
          exclude: ISOLATED,
          testTimeout: 30_000,
          isolate: false,
          restoreMocks: true,
          unstubEnvs: true,
        },
      },
      { test: { name: 'engine', env, include: ISOLATED, testTimeout: 30_000 } },
      // The Studio's front end in a browser: wants a Chromium.
      {
        test: {
          name: 'webview',
          env,
          include: ['test/webview/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'system',
          env,
          globalSetup: 'test/support/program/built.ts',
          include: ['test/system/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
