import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeShapes, writeTfjsShapes } from '../support/models/shapes.js';
import { writeLargeProject } from './largeProject.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SMALL_FILES = 10_000;
const FILES_A_FOLDER = 100;

/** The class that the policies of the workspace forbid. */
const POLICY = { forget: [{ class: 'Checker', reason: 'DSR-1', maxAccuracy: 0.05 }] };

/**
 * Fills a folder with the workspace of the suite: two workspace folders of models in every condition, each project in a folder
 * of its own, so that one test does not see what another one has changed.
 * @returns the .code-workspace file.
 */
export async function writeWorkspace(folder: string): Promise<string> {
  const main = path.join(folder, 'main');
  const project = async (name: string) => {
    const made = path.join(main, name);
    await mkdir(made, { recursive: true });
    return made;
  };
  await mkdir(main, { recursive: true });
  await copyFile(path.join(root, 'examples/fashion-mnist/fashion.onnx'), path.join(main, 'fashion.onnx'));

  // Models to be worked with.
  await writeShapes(await project('policy'), { config: POLICY });
  await writeShapes(await project('plain'));
  await writeShapes(await project('changed'));
  await writeShapes(await project('cancelled'));
  await writeShapes(await project('crashed'));
  await writeShapes(await project('queue/first'));
  await writeShapes(await project('queue/second'));
  await writeShapes(await project('reopened'));
  await writeShapes(await project('runs'));
  await writeShapes(await project('interrupted'));
  await writeTfjsShapes(await project('tfjs'), { config: POLICY });
  await writeLargeProject(await project('large'));

  // Models and configurations that something is wrong with.
  await writeShapes(await project('mismatch'), { outputs: 4 });
  await writeShapes(await project('unknownClass'), { config: { forget: [{ class: 'Chekcer' }] } });
  await removeSecondShard(await writeTfjsShapes(await project('shardless')));
  await writeFile(path.join(await project('corrupt'), 'broken.onnx'), randomBytes(5_000));
  await mkdir(path.join(main, 'drafts'));
  await writeFile(path.join(main, 'drafts/lethe.json'), '{\n  // nothing yet\n  \n}\n');

  // What is not to be listed.
  await writeFile(path.join(await project('foreign'), 'model.json'), '{ "name": "a data model", "tables": [] }\n');
  await writeShapes(await project('node_modules/some-package'));
  await writeShapes(await project('hidden'));
  await writeSmallFiles(await project('many'));

  const second = path.join(folder, 'second');
  await mkdir(second);
  await writeShapes(second);

  const file = path.join(folder, 'suite.code-workspace');
  const folders = [{ path: 'main' }, { path: 'second' }];
  await writeFile(file, JSON.stringify({ folders, settings: { 'files.exclude': { '**/hidden': true } } }, null, 2));
  return file;
}

async function removeSecondShard(model: string): Promise<void> {
  const folder = path.dirname(model);
  const shard = (await readdir(folder)).find((name) => name.includes('shard2of'));
  await rm(path.join(folder, shard!));
}

async function writeSmallFiles(folder: string): Promise<void> {
  for (let start = 0; start < SMALL_FILES; start += FILES_A_FOLDER) {
    const below = path.join(folder, String(start));
    await mkdir(below);
    const names = Array.from({ length: FILES_A_FOLDER }, (_, at) => `${start + at}.${at % 2 === 0 ? 'txt' : 'json'}`);
    await Promise.all(names.map((name) => writeFile(path.join(below, name), '{}\n')));
  }
}
