export type NativeKind = 'gpu' | 'cpu';

/** The versions and platforms that TensorFlow.js publishes TensorFlow for. */
export const NATIVE_PACKAGES: Readonly<
  Record<NativeKind, { readonly name: string; readonly platforms: readonly string[] }>
> = {
  gpu: { name: '@tensorflow/tfjs-node-gpu', platforms: ['linux x64', 'win32 x64'] },
  cpu: {
    name: '@tensorflow/tfjs-node',
    platforms: ['linux x64', 'linux arm64', 'darwin x64', 'darwin arm64', 'win32 x64'],
  },
};

/** The version that Lethe is made for: the same as that of its own TensorFlow.js. */
export const NATIVE_VERSION = '4.22.0';

/** Why a package has no TensorFlow for a system; undefined if it has. */
export function whyUnsupported(
  kind: NativeKind,
  system: { readonly platform: string; readonly arch: string; readonly isMusl: boolean },
): string | undefined {
  const { name, platforms } = NATIVE_PACKAGES[kind];
  const here = `${system.platform} ${system.arch}`;
  if (!platforms.includes(here)) return `${name} has no TensorFlow for ${here}, only for ${platforms.join(', ')}`;
  return system.isMusl ? `${name} needs glibc, and this Linux has musl` : undefined;
}

export function thisSystem(): { platform: string; arch: string; isMusl: boolean } {
  return { platform: process.platform, arch: process.arch, isMusl: process.platform === 'linux' && !hasGlibc() };
}

function hasGlibc(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}
