/**
 * What the extension costs the editor: its activation, the time until the Studio knows a model, and how long it keeps the
 * extension host from other work. Measured in the real VS Code; needs what `npm run test:host` needs, and 2 GB of disk.
 *
 *   npx tsx bench/extension.ts
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OnnxWriter } from '../examples/onnxWriter.js';
import { Random } from '../src/base/random.js';
import { bundleForHost } from '../test/host/bundle.js';
import { runInServerHost } from '../test/host/serverHost.js';
import { Tally } from '../test/host/tally.js';
import { shapeClasses, writeShapesProject } from '../test/support/models/shapes.js';

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lethe-bench-'));
  const tally = new Tally();
  let error: string | null = null;
  try {
    // Without a lethe.json in it, so that the extension is not activated before it is asked for.
    const workspace = path.join(folder, 'workspace');
    const project = path.join(folder, 'project');
    await mkdir(workspace);
    await mkdir(project);
    await writeFile(path.join(workspace, 'model100.onnx'), dense([100, 5000, 5000, shapeClasses.length]));
    await writeFile(path.join(workspace, 'again100.onnx'), dense([100, 5000, 5000, shapeClasses.length]));
    await writeFile(path.join(project, 'model500.onnx'), dense([100, 8192, 8192, 7000, shapeClasses.length]));
    await writeShapesProject(project);
    await runInServerHost({
      entry: await bundleForHost('bench/editor/measure.ts'),
      workspace,
      env: { LETHE_BENCH_PROJECT: project },
      limit: 300_000,
      onEvent: (event) => {
        tally.add(event);
        if (event.kind === 'end') error = event.error;
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  if (error) process.exitCode = 1;
}

/** A network of dense layers with random weights, for images of 10 x 10. */
function dense(sizes: readonly number[]): Uint8Array {
  const random = new Random(1);
  const some = Float32Array.from({ length: 4096 }, () => 0.02 * random.normal());
  const writer = new OnnxWriter({ opset: 17, name: 'dense' });
  let value = writer.node('Flatten', [writer.input('image', ['N', 1, 10, 10])]);
  for (const [at, into] of sizes.slice(0, -1).entries()) {
    const out = sizes[at + 1];
    const data = new Float32Array(out * into);
    for (let from = 0; from < data.length; from += some.length) {
      data.set(some.subarray(0, Math.min(some.length, data.length - from)), from);
    }
    const weight = writer.initializer(`dense${at}.weight`, [out, into], data);
    value = writer.node('Gemm', [value, weight], { transB: 1 }, { name: `dense${at}` });
    if (at < sizes.length - 2) value = writer.node('Relu', [value]);
  }
  writer.output('logits', value, ['N', sizes.at(-1)!]);
  return writer.bytes();
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
