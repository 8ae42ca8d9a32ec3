import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** How a stand-in for a native TensorFlow.js behaves. */
export interface StandIn {
  readonly onGpu?: boolean;
  /** `broken`: a file that no system can load; `missing`: what a failed download leaves behind. */
  readonly addon?: 'broken' | 'missing';
  /** The backend that it starts; default `tensorflow`. */
  readonly backend?: string;
  /** Code that runs when the package is loaded. */
  readonly onLoad?: string;
}

/** Writes a package that looks to Lethe like `@tensorflow/<name>` as npm installs it, into `folder`. */
export async function writeStandIn(folder: string, name: string, standIn: StandIn = {}): Promise<string> {
  const home = path.join(folder, 'node_modules', '@tensorflow', name);
  await mkdir(home, { recursive: true });
  const binary = standIn.addon && {
    module_name: 'tfjs_binding',
    module_path: './lib/napi-v{napi_build_version}',
  };
  const manifest = { name: `@tensorflow/${name}`, version: '4.22.0', main: 'index.js', binary };
  await writeFile(path.join(home, 'package.json'), JSON.stringify(manifest));
  if (standIn.addon === 'broken') {
    await mkdir(path.join(home, 'lib', 'napi-v8'), { recursive: true });
    await writeFile(path.join(home, 'lib', 'napi-v8', 'tfjs_binding.node'), 'no library');
  }
  await writeFile(
    path.join(home, 'index.js'),
    `${standIn.onLoad ?? ''}
     module.exports = {
       name: ${JSON.stringify(name)},
       enableProdMode() {},
       async ready() {},
       getBackend: () => ${JSON.stringify(standIn.backend ?? 'tensorflow')},
       backend: () => ({ isUsingGpuDevice: ${standIn.onGpu ?? false} }),
     };`,
  );
  return home;
}
