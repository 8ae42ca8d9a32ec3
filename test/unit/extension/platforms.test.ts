import { expect, it } from 'vitest';
import lock from '../../../package-lock.json' with { type: 'json' };
import {
  NATIVE_PACKAGES,
  NATIVE_VERSION,
  thisSystem,
  whyUnsupported,
} from '../../../src/extension/environment/platforms.js';
import { NATIVE_PACKAGES as SOUGHT } from '../../../src/models/tfjs/native.js';

const glibc = (platform: string, arch: string) => ({ platform, arch, isMusl: false });

it('offers TensorFlow where it is published, and says why not elsewhere', () => {
  expect(whyUnsupported('gpu', glibc('linux', 'x64'))).toBeUndefined();
  expect(whyUnsupported('gpu', glibc('darwin', 'arm64'))).toBe(
    '@tensorflow/tfjs-node-gpu has no TensorFlow for darwin arm64, only for linux x64, win32 x64',
  );
  expect(whyUnsupported('cpu', glibc('darwin', 'arm64'))).toBeUndefined();
  expect(whyUnsupported('cpu', glibc('win32', 'arm64'))).toContain('no TensorFlow for win32 arm64');
  expect(whyUnsupported('cpu', { ...glibc('linux', 'x64'), isMusl: true })).toContain('needs glibc');
  expect(thisSystem()).toMatchObject({ platform: process.platform, arch: process.arch });
});

it('installs what the engine looks for, in the version of its own TensorFlow.js', () => {
  for (const kind of ['gpu', 'cpu'] as const) expect(NATIVE_PACKAGES[kind].name).toBe(SOUGHT[kind]);
  expect(NATIVE_VERSION).toBe(lock.packages['node_modules/@tensorflow/tfjs-core'].version);
});
