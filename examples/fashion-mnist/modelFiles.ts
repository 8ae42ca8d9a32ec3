import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { writeAtomically } from '../../src/base/files.js';

const shard = 'group1-shard1of1.bin';

/** Writes model.json and one weight shard into `folder`, as TensorFlow.js does in a browser; replaces what was there. */
export async function saveModel(model: LayersModel, folder: string): Promise<void> {
  await model.save(
    io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData, format, generatedBy }) => {
      const weights = new Uint8Array(io.CompositeArrayBuffer.join(weightData));
      const weightsManifest = [{ paths: [shard], weights: weightSpecs }];
      const description = { format, generatedBy, convertedBy: null, modelTopology, weightsManifest };
      await writeAtomically(
        folder,
        async (temporary) => {
          await mkdir(temporary);
          await writeFile(path.join(temporary, 'model.json'), `${JSON.stringify(description)}\n`);
          await writeFile(path.join(temporary, shard), weights);
        },
        { overwrite: true },
      );
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
}
