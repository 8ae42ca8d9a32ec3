import { version } from '../../../package.json';
import { env } from '../../base/onnxruntime.js';

/** What the numbers of a run were computed with. */
export function versions(): { lethe: string; node: string; platform: string; onnxruntime: string } {
  const { platform, arch, versions: own } = process;
  return {
    lethe: version,
    node: own.node,
    platform: `${platform} ${arch}`,
    onnxruntime: env.versions.node ?? 'unknown',
  };
}
