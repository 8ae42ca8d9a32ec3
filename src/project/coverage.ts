import path from 'node:path';
import picomatch from 'picomatch';
import type { ProjectConfig } from './config.js';

/**
 * Whether the policy of a `lethe.json` binds a model: `models` names it, or the model it was made from; without `models`,
 * every model that finds this `lethe.json` beside it.
 */
export function isCovered(config: ProjectConfig, model: string): boolean {
  if (!config.models) return true;
  const relative = path.relative(config.folder, path.resolve(model)).split(path.sep).join('/');
  const origin = relative.replace(/(\.forget-[a-z0-9-]+)+/g, '');
  const matches = picomatch([...config.models]);
  return matches(relative) || matches(origin);
}
