import path from 'node:path';
import { type ErrorDetails, LetheError } from '../base/errors.js';
import { withFile } from '../base/files.js';
import { suggestion } from '../base/nearest.js';
import type { TextRange } from '../contract/terms.js';
import { classIndex, parseClassFile, repeated, UNIQUE } from './classNames.js';
import { ConfigError } from './configError.js';
import { type JsonPath, JsonText, type Problem } from './jsonText.js';
import { type ConfigFile, configSchema } from './schema.js';
import { schemaProblems } from './schemaProblems.js';

/** A checked `lethe.json`. `classes` is null where the file names none (a folder of images may). */
export interface ProjectConfig extends Omit<ConfigFile, 'classes'> {
  readonly file: string;
  readonly folder: string;
  readonly classes: readonly string[] | null;
  /** The text file that the class names come from, where it is one. */
  readonly classFile: string | null;
  /** An error at a place of this file, for faults that only show with the model or the data at hand. */
  fault(at: JsonPath, message: string, hint?: string): ConfigError;
  /** Where the value at a path stands, or the nearest enclosing one that exists. */
  range(at: JsonPath): TextRange;
}

export interface ConfigOptions {
  /** Lets data and class files lie outside of the configuration's folder. */
  readonly allowOutside?: boolean;
}

/**
 * Reads and checks a `lethe.json`.
 * @throws ConfigError `config-invalid`, `path-outside`, with every problem's line and column; LetheError `file-missing`.
 */
export async function loadConfig(file: string, options: ConfigOptions = {}): Promise<ProjectConfig> {
  return parseConfig(file, await readText(file), options);
}

/**
 * Checks the text of a `lethe.json` that need not be written yet. Paths in it count from the folder of `file`.
 * @throws ConfigError as `loadConfig`.
 */
export async function parseConfig(file: string, text: string, options: ConfigOptions = {}): Promise<ProjectConfig> {
  const json = new JsonText(file, text);
  const folder = path.dirname(path.resolve(file));
  if (json.problems.length > 0) throw new ConfigError(json.problems);
  const structural = schemaProblems(json, configSchema);
  if (structural.length > 0) throw new ConfigError(structural);
  const written = configSchema.parse(json.value);

  const outside = options.allowOutside ? [] : pathsOutside(json, written);
  const classesOutside = outside.some(({ path }) => path === 'classes');
  const { classes, classFile, problems } = classesOutside
    ? { classes: null, classFile: null, problems: [] }
    : await readClasses(json, folder, written);
  // Without the names, what the policy calls its classes can't be judged.
  const known = problems.length === 0 && !classesOutside;
  const all = [...outside, ...problems, ...(known ? policyProblems(json, written, classes) : [])];
  if (all.length > 0) throw new ConfigError(all);

  const fault = (at: JsonPath, message: string, hint?: string) => new ConfigError([json.problem(at, message, hint)]);
  const range = (at: JsonPath) => json.range(at);
  return { ...written, file, folder, classes, classFile, fault, range };
}

/** Far more than a list of a hundred thousand class names takes. */
const LARGEST = 16 * 2 ** 20;

async function readText(file: string): Promise<string> {
  return withFile(file, async (handle, bytes) => {
    if (bytes <= LARGEST) return handle.readFile('utf8');
    const hint = 'Check that the right file is named.';
    throw new LetheError('config-invalid', {
      message: `is ${bytes} bytes long, far too much for a text file`,
      file,
      hint,
    });
  });
}

interface ReadClasses {
  readonly classes: readonly string[] | null;
  readonly classFile: string | null;
  readonly problems: readonly Problem[];
}

async function readClasses(json: JsonText, folder: string, written: ConfigFile): Promise<ReadClasses> {
  if (written.classes === undefined) return { classes: null, classFile: null, problems: [] };
  if (typeof written.classes === 'string') {
    const classFile = path.resolve(folder, written.classes);
    const text = await readText(classFile).catch((error) => {
      throw named(error, { file: json.file, range: json.range(['classes']) });
    });
    return { classFile, ...parseClassFile(classFile, text) };
  }
  const names = written.classes;
  const problems = names.flatMap((name, at) => {
    const first = names.indexOf(name);
    return first < at ? [json.problem(['classes', at], repeated(name, `output ${first}`), UNIQUE)] : [];
  });
  return { classes: names, classFile: null, problems };
}

/** The same error about a file, with the place that names the file. */
function named(error: unknown, at: ErrorDetails['at']): unknown {
  if (!(error instanceof LetheError)) return error;
  const { code, what, file, place, hint } = error;
  return new LetheError(code, { message: what, file, place, at, hint, cause: error });
}

/** Entries of the policy that name no class, one twice, or one both to forget and to protect. */
function policyProblems(json: JsonText, written: ConfigFile, classes: readonly string[] | null): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string | number, string>();
  for (const list of ['forget', 'protect'] as const) {
    for (const [at, entry] of written[list].entries()) {
      const index = classes ? classIndex(entry.class, classes) : entry.class;
      const here: JsonPath = [list, at, 'class'];
      if (index === undefined) {
        const message = `there is no class ${JSON.stringify(entry.class)}`;
        problems.push(json.problem(here, message, suggestion(String(entry.class), classes ?? [])));
      } else if (seen.has(index)) {
        const message = `the class ${JSON.stringify(entry.class)} stands in "${seen.get(index)}" already`;
        problems.push(json.problem(here, message, 'Keep one of the two entries.'));
      } else {
        seen.set(index, list);
      }
    }
  }
  return problems;
}

/** Paths of data and class files that lead out of the configuration's folder. */
function pathsOutside(json: JsonText, written: ConfigFile): Problem[] {
  const named: { at: JsonPath; location: string }[] = [];
  if (typeof written.classes === 'string') named.push({ at: ['classes'], location: written.classes });
  for (const split of ['train', 'test'] as const) {
    const source = written.data?.[split];
    if (!source) continue;
    const add = (key: string, location: string) => named.push({ at: ['data', split, key], location });
    if (source.format === 'idx') {
      add('images', source.images);
      add('labels', source.labels);
    } else {
      add('path', source.path);
    }
    if (source.format === 'cifar10') {
      for (const batch of source.batches ?? []) add('batches', path.join(source.path, batch));
    }
  }
  const hint =
    'Move the data into this folder or, if you trust this file, allow it (--allow-outside, or the setting lethe.data.allowOutside).';
  return named
    .filter(({ location }) => leadsOut(location))
    .map(({ at, location }) => ({
      ...json.problem(at, `${JSON.stringify(location)} leads out of this folder`, hint),
      code: 'path-outside' as const,
    }));
}

/** By its text alone, and by the rules of every system: a configuration may have been written on another one. */
function leadsOut(location: string): boolean {
  const portable = path.posix.normalize(location.replaceAll('\\', '/'));
  return (
    portable === '..' || portable.startsWith('../') || path.isAbsolute(location) || path.win32.isAbsolute(location)
  );
}
