import { defineConfig } from 'vitest/config';

// `unit` is the quick part: no trained model, no child process. `system` runs the built command line on real files. What is
// built is built anew where it is older than its sources.
// Tests tell nobody of the models they open (src/base/telemetry.ts), also where they load ONNX Runtime themselves.
const env = { ORT_DISABLE_TELEMETRY: '1' };

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', env, include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
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
