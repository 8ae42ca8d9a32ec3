import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DiagnoseResult } from '../../src/contract/findings.js';
import { inShapesFolder } from '../support/models/shapesFolder.js';
import { lethe } from '../support/program/cli.js';

let folder: string;

inShapesFolder((made) => {
  folder = made;
});

const at = (...args: string[]) => lethe(args, { cwd: folder });

async function configure(extra: object): Promise<void> {
  const file = path.join(folder, 'lethe.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...extra }, null, 2));
}

const policy = { forget: [{ class: 'Rows', maxAccuracy: 0.1 }] };
const search = ['--method', 'projection', '--alpha-r', '30,100,300', '--alpha-f', '1,10,100', '--threads', '1'];

describe('lethe diagnose', () => {
  it('finds nothing: exit code 0, one line', async () => {
    const { code, stdout } = await at('diagnose', 'shapes.onnx', 'shapes');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'nothing found; 2 models looked at\n' });
    expect(await readdir(folder)).not.toContain('.lethe');
  });

  it('evaluates what a policy binds: exit code 3, a link to the entry, the model and what to do', async () => {
    await configure(policy);
    const { code, stdout } = await at('diagnose', '.', '--threads', '1');
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /^lethe\.json:\d+:5 error must-be-forgotten Rows must be forgotten but is recognised 9\d\.\d% of the time \(limit 10%\)$/m,
    );
    expect(stdout).toMatch(/^ {2}see {2}shapes\.onnx recognises it on 300 test samples, measured on \d{4}-/m);
    expect(stdout).toMatch(/^ {2}see {2}shapes\/model\.json:1:1 recognises it/m);
    expect(stdout).toMatch(/^ {2}do {3}Unlearn it: lethe unlearn shapes\.onnx --forget Rows$/m);
    expect(stdout).toMatch(/^2 errors; 2 models looked at$/m);

    const again = await at('diagnose', '.', '--no-evaluate');
    expect(again.code).toBe(3);
    expect(again.stderr).not.toContain('Measuring accuracy');
  });

  it('is content after the run that the policy asks for, but for the old model', async () => {
    await configure({ ...policy, models: ['shapes.onnx'] });
    expect((await at('unlearn', 'shapes.onnx', ...search)).code).toBe(0);
    const { code, stdout } = await at('diagnose', '.', '--json');
    expect(code).toBe(0);
    const result: DiagnoseResult = JSON.parse(stdout);
    expect(result.findings.map(({ code, file }) => [code, path.basename(file)])).toEqual([
      ['superseded', 'shapes.onnx'],
    ]);
    expect(result.models.map((file) => path.basename(file)).sort()).toEqual([
      'model.json',
      'shapes.forget-rows.onnx',
      'shapes.onnx',
    ]);
  });

  it('says that something is broken before anything else: exit code 2, at the line of model.json', async () => {
    await configure(policy);
    const file = path.join(folder, 'shapes', 'model.json');
    const json = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify(json, null, 2));
    const [, second]: string[] = json.weightsManifest[0].paths;
    await rm(path.join(folder, 'shapes', second));
    const { code, stdout } = await at('diagnose', '.', '--threads', '1');
    expect(code).toBe(2);
    const lines = (await readFile(file, 'utf8')).split('\n');
    const line = lines.findIndex((text) => text.includes(second)) + 1;
    const column = lines[line - 1].indexOf('"') + 1;
    expect(stdout).toContain(
      `shapes/model.json:${line}:${column} error weights-missing refers to "${second}", which does not exist\n`,
    );
    expect(stdout).toContain('error must-be-forgotten');
  });

  it('writes SARIF to a file, and prints what people read', async () => {
    await configure(policy);
    const { code, stdout } = await at('diagnose', 'shapes.onnx', '--format', 'sarif', '--out', 'out.sarif');
    expect(code).toBe(3);
    expect(stdout).toContain('error must-be-forgotten');
    const { version, runs } = JSON.parse(await readFile(path.join(folder, 'out.sarif'), 'utf8'));
    expect(version).toBe('2.1.0');
    expect(runs[0].results[0]).toMatchObject({ ruleId: 'must-be-forgotten', level: 'error' });
    expect(runs[0].tool.driver.rules[0].helpUri).toMatch(/^file:.*\/docs\/diagnostics\.md#[a-z-]+$/);
    const second = await at('diagnose', 'shapes.onnx', '--format', 'sarif', '--out', 'out.sarif');
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') });
    expect((await at('diagnose', 'shapes.onnx', '--format', 'sarif', '--out', 'out.sarif', '--force')).code).toBe(3);
    const printed = await at('diagnose', 'shapes.onnx', '--format', 'sarif', '--quiet');
    expect(JSON.parse(printed.stdout).runs[0].results).toHaveLength(1);
  });

  it('scans tensors when asked to', async () => {
    const file = path.join(folder, 'shapes', 'model.json');
    const { weightsManifest } = JSON.parse(await readFile(file, 'utf8'));
    const shard = path.join(folder, 'shapes', weightsManifest[0].paths[0]);
    const bytes = await readFile(shard);
    bytes.writeFloatLE(Number.NaN, 0);
    await writeFile(shard, bytes);
    expect((await at('diagnose', 'shapes')).code).toBe(0);
    const { code, stdout } = await at('diagnose', 'shapes', '--scan');
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /shapes\/model\.json:1:\d+ error weights-not-finite tensor "conv\/kernel" holds 1 NaN of 72/,
    );
  });

  it.each([
    [['diagnose'], "missing required argument 'model'"],
    [['diagnose', 'shapes.onnx', '--format', 'xml'], '--format must be text or json or sarif, not "xml"'],
    [['diagnose', 'shapes.onnx', '--out', 'x'], '--out takes a JSON or SARIF document'],
    [['diagnose', 'shapes.onnx', '--json', '--format', 'sarif'], '--json and --format sarif exclude each other'],
    [['diagnose', 'shapes.onnx', '--config', 'nowhere.json'], 'no such file'],
  ])('refuses what makes no sense: %j', async (args, message) => {
    expect(await at(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  it('takes the lethe.json that is named', async () => {
    await configure(policy);
    await cp(path.join(folder, 'lethe.json'), path.join(folder, 'other.json'));
    await writeFile(path.join(folder, 'lethe.json'), '{}');
    const { code, stdout } = await at('diagnose', 'shapes.onnx', '--config', 'other.json');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^other\.json:\d+:5 error must-be-forgotten/m);
  });
});

describe('a look without evaluation', () => {
  it('loads neither of the runtimes', async () => {
    await configure(policy);
    // Both announce themselves among the files that the process has mapped or opened.
    const script = path.join(folder, 'maps.cjs');
    await writeFile(
      script,
      `process.on('exit', () => {
        const maps = require('node:fs').readFileSync('/proc/self/maps', 'utf8');
        process.stderr.write(/onnxruntime/.test(maps) ? 'RUNTIME LOADED' : 'NOTHING LOADED');
      });`,
    );
    const env = { NODE_OPTIONS: `--require ${script}` };
    const run = (...args: string[]) => lethe(['diagnose', 'shapes.onnx', ...args], { cwd: folder, env });
    expect((await run('--no-evaluate', '--scan')).stderr).toContain('NOTHING LOADED');
    expect((await run()).stderr).toContain('RUNTIME LOADED');
  });
});
