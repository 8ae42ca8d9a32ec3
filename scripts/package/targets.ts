/** A platform that a package is made for: VS Code's name of it, Node's, and the native packages that differ. */
export interface Target {
  readonly name: string;
  readonly platform: string;
  readonly arch: string;
  /** Decodes images. */
  readonly imagePackage: string;
  /** Megabytes that the package may have. */
  readonly limit?: number;
}

/** Where ONNX Runtime has a native library for Node: no Intel Macs, no musl (Alpine). */
const TARGETS: readonly Target[] = [
  { name: 'linux-x64', platform: 'linux', arch: 'x64', imagePackage: '@napi-rs/image-linux-x64-gnu', limit: 40 },
  { name: 'linux-arm64', platform: 'linux', arch: 'arm64', imagePackage: '@napi-rs/image-linux-arm64-gnu', limit: 40 },
  { name: 'darwin-arm64', platform: 'darwin', arch: 'arm64', imagePackage: '@napi-rs/image-darwin-arm64' },
  { name: 'win32-x64', platform: 'win32', arch: 'x64', imagePackage: '@napi-rs/image-win32-x64-msvc' },
  { name: 'win32-arm64', platform: 'win32', arch: 'arm64', imagePackage: '@napi-rs/image-win32-arm64-msvc' },
];

/** The target of a name. @throws Error that lists those there are. */
export function targetNamed(name: string): Target {
  const target = TARGETS.find((each) => each.name === name);
  if (target) return target;
  throw new Error(`there is no package for ${name}, only for ${TARGETS.map((each) => each.name).join(', ')}`);
}
