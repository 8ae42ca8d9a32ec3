import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusters, exampleFolder } from '../../examples/four-clusters/points.js';
import { forgetCluster } from '../../examples/four-clusters/regions.js';
import { makeFiles } from '../../examples/four-clusters/train.js';

const nameOf = (index: number) => clusters[index].name;

describe('the four clusters', () => {
  it('are what their script makes, byte by byte', async () => {
    const files = await makeFiles();
    expect(Object.keys(files).sort()).toEqual(['clusters.onnx', 'test.csv', 'train.csv']);
    for (const [name, bytes] of Object.entries(files)) {
      expect(Buffer.compare(await readFile(path.join(exampleFolder, name)), bytes), name).toBe(0);
    }
  });

  it.each(clusters.map(({ name }, index) => [name, index] as const))(
    'without %s: its region goes to its neighbours',
    async (_name, index) => {
      const { result, shares, keptElsewhere } = await forgetCluster(index);
      expect(result.measuredOn).toEqual({ split: 'test', heldOut: false, samples: 400 });
      expect(result.before.forgetAccuracy).toBeGreaterThanOrEqual(0.99);
      expect(result.before.retainAccuracy).toBeGreaterThan(0.99);
      expect(result.after.forgetAccuracy).toBeLessThanOrEqual(0.01);
      for (const { class: name, role, after } of result.perClass) {
        if (role === 'retain') expect(after, name).toBeGreaterThanOrEqual(0.98);
      }

      // The clusters beside it each share one coordinate with it; the one across shares none.
      const [x, y] = clusters[index].centre;
      for (const [other, { centre }] of clusters.entries()) {
        const isBeside = other !== index && (centre[0] === x || centre[1] === y);
        if (isBeside) expect(shares[other], nameOf(other)).toBeGreaterThan(0.25);
        else expect(shares[other], nameOf(other)).toBeLessThan(0.1);
      }
      expect(keptElsewhere).toBeGreaterThan(0.95);
    },
  );
});

it('the second part of npm run demo forgets a cluster, again and again, and leaves the original alone', async () => {
  const original = () => readFile(path.join(exampleFolder, 'clusters.onnx'));
  const before = await original();
  for (let run = 0; run < 2; run++) {
    const demo = path.join(exampleFolder, 'demo.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', demo], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/north-west +99\.0% +0\.0% .*forgotten now/);
    expect(stdout).toMatch(/dense5 +dense +32 +4/);
  }
  expect(await original()).toEqual(before);
});
