import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MethodName } from '../../src/contract/candidates.js';
import type { CandidateId } from '../../src/contract/recipes.js';
import type { CandidateResult } from '../../src/contract/records.js';
import type { UnlearnResult } from '../../src/contract/run.js';
import { METHOD_NAMES } from '../../src/contract/settings.js';
import { temporaryFolder } from '../support/folders.js';
import { inShapesFolder } from '../support/models/shapesFolder.js';
import { lethe } from '../support/program/cli.js';
import { expectGolden } from '../support/program/golden.js';

/** A candidate's method and alphas, which stand by themselves. */
interface Named {
  readonly method: MethodName;
  readonly alphaR: number;
  readonly alphaF: number;
}

/** What `unlearn --json` prints. */
interface UnlearnDocument extends Omit<UnlearnResult, 'candidate' | 'candidates'>, Named {
  readonly candidate: CandidateId;
  readonly candidates: readonly (Named & Omit<CandidateResult, 'recipe'>)[];
}

let folder: string;

inShapesFolder((made) => {
  folder = made;
});

const at = (...args: string[]) => lethe(args, { cwd: folder });

async function tree(): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}

async function configure(extra: object): Promise<void> {
  const file = path.join(folder, 'lethe.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...extra }));
}

/** Without what differs from run to run or place to place. */
function stable(document: object): object {
  const text = JSON.stringify(document, (key, value) => (key === 'seconds' ? undefined : value));
  return JSON.parse(text.replaceAll(folder, 'FOLDER').replace(/\d{8}T\d{6}Z/g, 'TIME'));
}

/** A small search by the quicker method. */
const search = ['--method', 'projection', '--alpha-r', '30,100,300', '--alpha-f', '1,10,100', '--threads', '1'];

describe('golden runs', () => {
  it.each(['shapes.onnx', 'shapes'])('inspect %s', async (model) => {
    const { code, stdout, stderr } = await at('inspect', model, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expectGolden(stable(JSON.parse(stdout)), `inspect-${model}`);
  });

  it.each(['shapes.onnx', 'shapes'])('evaluate %s', async (model) => {
    const { code, stdout } = await at('evaluate', model, '--json');
    expect(code).toBe(0);
    await expectGolden(stable(JSON.parse(stdout)), `evaluate-${model}`);
  });

  it.each(['shapes.onnx', 'shapes'])('unlearn %s', async (model) => {
    const { code, stdout } = await at('unlearn', model, '--forget', 'Rows', '--threads', '1', '--json');
    expect(code).toBe(0);
    const result: UnlearnDocument = JSON.parse(stdout);
    expect(result.method).toBe('refit');
    await expectGolden(stable(result), `unlearn-${model}`);
    for (const phase of ['load', 'measure', 'forward', 'spaces', 'search'] as const) {
      expect(result.seconds[phase]).toBeGreaterThan(0);
      expect(result.seconds[phase]).toBeLessThan(result.seconds.total);
    }
  });

  it.each(METHOD_NAMES)('gives both formats the same dimensions and the same choice: %s', async (method) => {
    const [onnx, tfjs] = await Promise.all(
      ['shapes.onnx', 'shapes'].map(async (model): Promise<UnlearnDocument> => {
        const args = ['--forget', 'Rows', ...search, '--method', method, '--json'];
        return JSON.parse((await at('unlearn', model, ...args)).stdout);
      }),
    );
    expect(onnx.method).toBe(method);
    expect(tfjs.candidate).toBe(onnx.candidate);
    for (const [index, layer] of onnx.layers.entries()) {
      // The two lay out a flattened image in another order, but the space is as large.
      expect(tfjs.layers[index].name).toBe(layer.name);
      expect(Math.abs(tfjs.layers[index].retainDimension / layer.retainDimension - 1)).toBeLessThan(0.01);
      expect(Math.abs(tfjs.layers[index].forgetDimension / layer.forgetDimension - 1)).toBeLessThan(0.01);
    }
  });
});

describe('what people see', () => {
  it('is a table before and after, and where things are', async () => {
    const { code, stdout, stderr } = await at('unlearn', 'shapes.onnx', '--forget', 'Rows', ...search);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Forgot Rows {2}\(projection, α retain \d+, α forget \d+; accuracy on 300 test samples\)$/m,
    );
    expect(stdout).toMatch(/^ +recoverability \d+\.\d% ± \d+\.\d before, \d+\.\d% ± \d+\.\d after$/m);
    expect(stdout).toMatch(/^Rows +9\d\.\d% +\d\.\d% +-\d\d\.\d {2}forgotten now$/m);
    expect(stdout).toMatch(/^conv2 {2}conv +72 +12 +\d+\.\d +\d+\.\d +\d+\.\d +\d+\.\d%$/m);
    expect(stdout).toMatch(/^model {2}shapes\.forget-rows\.onnx$/m);
    expect(stdout).toMatch(/^report \.lethe\/runs\/\d{8}T\d{6}Z-rows\/report\.html$/m);
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toMatch(/^Finding the spaces {6}\d+\.\d s$/m);
    expect(stderr).not.toContain('\r');
  });

  it('has colours only when asked for where there is no terminal', async () => {
    const env = { FORCE_COLOR: '1' };
    expect((await lethe(['inspect', 'shapes.onnx'], { cwd: folder, env })).stdout).toContain('\u001b[1m');
    const plain = await lethe(['inspect', 'shapes.onnx'], { cwd: folder, env: { ...env, NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b');
  });

  it('is quiet on request', async () => {
    expect((await at('evaluate', 'shapes.onnx', '--quiet')).stderr).toBe('');
  });

  it('is help with examples, and the version', async () => {
    const help = await at('unlearn', '--help');
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('lethe unlearn fashion.onnx --forget Shirt');
    expect(help.stdout).toContain('Exit codes: 0 done');
    expect((await at('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await at()).toMatchObject({ code: 2, stdout: '' });
  });

  it('survives a reader that has seen enough', async () => {
    const { code } = await lethe(['inspect', 'shapes.onnx'], { cwd: folder });
    expect(code).toBe(0);
    const { spawnSync } = await import('node:child_process');
    const bundle = path.resolve('dist/lethe.cjs');
    const piped = spawnSync(
      'bash',
      ['-o', 'pipefail', '-c', `"${process.execPath}" "${bundle}" evaluate shapes.onnx | true`],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    expect(piped.stderr).not.toMatch(/EPIPE|error/i);
    expect(piped.status).toBe(0);
  });
});

describe('privacy', () => {
  it('leaves nothing outside of the folder of the model: no telemetry, no scratch files', async () => {
    const home = await temporaryFolder();
    const env = { HOME: home, TMPDIR: home, XDG_CACHE_HOME: home, CI: undefined, ORT_DISABLE_TELEMETRY: undefined };
    for (const model of ['shapes.onnx', 'shapes']) {
      const { code } = await lethe(['unlearn', model, '--forget', 'Rows', ...search], { cwd: folder, env });
      expect(code).toBe(0);
    }
    expect(await readdir(home)).toEqual([]);
  });
});

describe('runs on one another', () => {
  it('forget one class after the other, with the policy as the default', async () => {
    await configure({ forget: [{ class: 'Rows', reason: 'DSR-1', maxAccuracy: 0.1 }] });
    const first = await at('unlearn', 'shapes.onnx', ...search);
    expect(first.stdout).toContain('Forgot Rows');
    expect(first.code).toBe(0);
    const second = await at('unlearn', 'shapes.forget-rows.onnx', '--forget', '4', ...search, '--json');
    const result: UnlearnDocument = JSON.parse(second.stdout);
    expect(result).toMatchObject({ forget: ['Ring/disc'], earlier: ['Rows'] });
    expect(result.output).toBe(path.join(folder, 'shapes.forget-rows.forget-ring-disc.onnx'));
    expect(result.perClass[0].after).toBeLessThanOrEqual(0.1);
    const { stdout } = await at('inspect', 'shapes.forget-rows.forget-ring-disc.onnx');
    expect(stdout).toMatch(/forgotten +Rows, Ring\/disc/);
    expect(await at('unlearn', 'shapes.forget-rows.onnx')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('all that the policy asks for is forgotten already'),
    });
  });

  it('rebuild the report from the record', async () => {
    const { stdout } = await at('unlearn', 'shapes.onnx', '--forget', 'Rows', ...search, '--json');
    const { run, report }: UnlearnDocument = JSON.parse(stdout);
    const page = await readFile(report, 'utf8');
    const copy = await at('report', run, '--out', 'copy.html');
    expect(copy).toMatchObject({ code: 0, stdout: `${path.join(folder, 'copy.html')}\n` });
    expect(await readFile(path.join(folder, 'copy.html'), 'utf8')).toBe(page);
    expect((await at('report', run, '--out', 'copy.html')).code).toBe(2);
    expect((await at('report', run, '--out', 'copy.html', '--force')).code).toBe(0);
  });

  it('report with explanations, and on another candidate', async () => {
    const { stdout } = await at('unlearn', 'shapes', '--forget', 'Rows', ...search, '--json');
    const { run, candidate, candidates }: UnlearnDocument = JSON.parse(stdout);
    const explained = await at('report', run, '--explain', '--forgotten-pictures', '--out', 'explained.html');
    expect(explained).toMatchObject({ code: 0, stderr: expect.stringContaining('Mapping decisions') });
    const pictures = async (name: string) =>
      (await readFile(path.join(folder, name), 'utf8')).match(/data:image\/png/g)?.length ?? 0;
    expect(await pictures('explained.html')).toBe(4 * 4 + 3 + 2);
    await at('report', run, '--explain', '--out', 'withheld.html');
    expect(await pictures('withheld.html')).toBe(2 * 4 + 2 + 2);

    const other = candidates.find(({ id }) => id !== candidate)!;
    expect(await at('report', run, '--candidate', other.id)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`report-${other.id}\\.html\\n$`)),
    });
  });

  it.each([
    [['--forgotten-pictures'], '--forgotten-pictures needs --explain'],
    [['--candidate', 'projection-31-10'], 'the run has no candidate projection-31-10'],
    [['--candidate', 'refit-30-10'], 'the run has no candidate refit-30-10'],
  ])('report %j is refused', async (options, message) => {
    const { stdout } = await at('unlearn', 'shapes.onnx', '--forget', 'Rows', ...search, '--json');
    const { run }: UnlearnDocument = JSON.parse(stdout);
    expect(await at('report', run, ...options)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});

describe('exit codes', () => {
  it('3: done, but a limit of the policy is not met', async () => {
    await configure({ forget: [{ class: 'Columns', maxAccuracy: 0 }] });
    const { code, stdout } = await at('unlearn', 'shapes.onnx', '--forget', 'Rows', ...search);
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /not met {2}Columns must be forgotten but is still recognised 9\d\.\d% of the time \(limit 0%\)/,
    );
    expect(await tree()).toContain('shapes.forget-rows.onnx');
  });

  it('4: no candidate forgets, nothing is written', async () => {
    const files = await tree();
    const { code, stdout, stderr } = await at(
      ...['unlearn', 'shapes.onnx', '--forget', 'Rows', '--method', 'projection', '--alpha-f', '0.001'],
    );
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain('no candidate forgets');
    expect(await tree()).toEqual(files);
  });

  it.each([
    ['SIGINT', 'projection', '4M'],
    ['SIGTERM', 'refit', '6M'],
  ] as const)('130: %s in mid-run leaves nothing: %s', async (signal, method, memory) => {
    const files = await tree();
    const scratch = await temporaryFolder();
    let sent = false;
    // Thousands of candidates, and too little memory to keep all out of the scratch folder.
    const list = Array.from({ length: 60 }, (_, index) => index + 1).join();
    const many = ['--method', method, '--alpha-r', list, '--alpha-f', list, '--memory', memory];
    const run = lethe(['unlearn', 'shapes.onnx', '--forget', 'Rows', ...many], {
      cwd: folder,
      env: { TMPDIR: scratch },
      onStderr(child, text) {
        if (sent || !text.includes('Finding the spaces')) return;
        sent = true;
        setTimeout(() => child.kill(signal), 300);
      },
    });
    const { code, stdout, stderr } = await run;
    expect(sent).toBe(true);
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('cancelled; nothing was written');
    expect(await tree()).toEqual(files);
    expect(await readdir(scratch)).toEqual([]);
  });
});
