import path from 'node:path';
import { exists } from '../../base/files.js';
import type { Finding } from '../../contract/findings.js';
import { modelName } from '../../contract/names.js';
import type { ProjectConfig } from '../../project/config.js';
import type { JsonPath } from '../../project/jsonText.js';
import type { ConfigLook, ModelLook } from '../look/modelLook.js';
import { finding, findingsOf, wholeFile } from './findings.js';

/** What is wrong with a `lethe.json` by itself. */
export async function configFindings({ file, config, error }: ConfigLook): Promise<Finding[]> {
  return config ? missingData(config) : findingsOf(error, null, wholeFile(file));
}

/** Data files and folders that are not there. What is in them is not looked at. */
async function missingData(config: ProjectConfig): Promise<Finding[]> {
  const named: { readonly at: JsonPath; readonly location: string }[] = [];
  for (const split of ['train', 'test'] as const) {
    const source = config.data?.[split];
    if (!source) continue;
    const keys = source.format === 'idx' ? (['images', 'labels'] as const) : (['path'] as const);
    for (const key of keys) {
      named.push({ at: ['data', split, key], location: (source as unknown as Record<string, string>)[key] });
    }
  }
  const found: Finding[] = [];
  for (const { at, location } of named) {
    if (await exists(path.resolve(config.folder, location))) continue;
    found.push(
      finding('data-missing', {
        ...{ file: config.file, range: config.range(at), model: null },
        message: `"${location}" does not exist, so that nothing can be measured with it`,
        hint: 'Correct the path, or put the data there.',
      }),
    );
  }
  return found;
}

/** Names that are too many or too few for a model's outputs. */
export function classCountFindings({ model, facts, config: look, isCovered }: ModelLook): Finding[] {
  const config = look?.config;
  const outputs = facts?.classCount ?? null;
  if (!config?.classes || !isCovered || outputs === null || outputs === config.classes.length) return [];
  const message = `names ${config.classes.length} classes, but ${modelName(model)} has ${outputs} outputs`;
  const related = [{ file: model, range: null, message: `has ${outputs} outputs` }];
  if (config.classFile) {
    related.push({ file: config.classFile, range: null, message: `names ${config.classes.length} classes` });
  }
  return [
    finding('class-count-mismatch', {
      ...{ file: config.file, range: config.range(['classes']), model, message, related },
      hint: 'List one name for each output of the model, in order.',
    }),
  ];
}
