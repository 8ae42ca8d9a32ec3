/** The file that a model of a format is opened by. */
export interface MainFile {
  /** How it is called, as a glob: a whole name, or `*` and how the name ends. Upper and lower case are the same. */
  readonly pattern: string;
  /** Whether only models are called so: then the Studio is its editor, and one that can't be read is somebody's model. */
  readonly isModelForSure: boolean;
  /** Whether it is a text, so that it has lines to point at. */
  readonly isText: boolean;
  /** What tells one model from another: the file's name, or its folder's where all of these files have the same name. */
  readonly calledBy: 'file' | 'folder';
}

/** What everybody but the adapters has to know of a model format. */
export interface FormatFacts {
  /** For messages and lists. */
  readonly title: string;
  /** Where there is little space. */
  readonly shortTitle: string;
  /** What runs it. */
  readonly runtime: 'onnxruntime' | 'tensorflow';
  readonly mainFile: MainFile;
  /** Globs of the names that files with weights beside the main one are given by those who write them. */
  readonly partFiles: readonly string[];
  /** How often the weights are in memory while a candidate runs beside the model. */
  readonly memory: {
    /** Copies of the whole model. */
    readonly model: number;
    /** Further copies of the weights that are edited. */
    readonly edited: number;
  };
}

const MODEL_JSON: MainFile = { pattern: 'model.json', isModelForSure: false, isText: true, calledBy: 'folder' };

/** What both kinds of TensorFlow.js models have in common. TensorFlow.js shares what is not edited. */
const TENSORFLOW = {
  runtime: 'tensorflow',
  mainFile: MODEL_JSON,
  partFiles: ['*.bin', '*-shard*'],
  memory: { model: 1.5, edited: 3 },
} as const satisfies Partial<FormatFacts>;

/** Every model format, in the order in which they are asked whether they know a file. */
export const FORMATS = {
  onnx: {
    title: 'ONNX',
    shortTitle: 'ONNX',
    runtime: 'onnxruntime',
    mainFile: { pattern: '*.onnx', isModelForSure: true, isText: false, calledBy: 'file' },
    partFiles: ['*.bin', '*.data', '*.onnx_data'],
    // ONNX Runtime holds a copy for each session, and a new session is made from bytes that hold another.
    memory: { model: 3, edited: 2 },
  },
  'tfjs-layers': { title: 'TensorFlow.js layers model', shortTitle: 'TF.js layers', ...TENSORFLOW },
  'tfjs-graph': { title: 'TensorFlow.js graph model', shortTitle: 'TF.js graph', ...TENSORFLOW },
} as const satisfies Record<string, FormatFacts>;

export type FormatName = keyof typeof FORMATS;

/** In the order of the table. */
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];

/** What is known of a file by its name, if a model may be opened by it. Hidden files are never meant. */
export function mainFileOf(name: string): MainFile | undefined {
  return FORMAT_NAMES.map((format): MainFile => FORMATS[format].mainFile).find((file) => isCalled(file, name));
}

/** Whether a file of this name may be the one that a model is opened by. */
export function isMainFileName(name: string): boolean {
  return mainFileOf(name) !== undefined;
}

/** Whether a file's name fits the pattern. */
export function isCalled({ pattern }: MainFile, name: string): boolean {
  const [given, wanted] = [name.toLowerCase(), pattern.toLowerCase()];
  if (given.startsWith('.')) return false;
  return wanted.startsWith('*') ? given.endsWith(wanted.slice(1)) : given === wanted;
}

/** The patterns of all main files that satisfy a condition, each once. */
export function mainFilePatterns(condition: (file: MainFile) => boolean = () => true): string[] {
  const files = FORMAT_NAMES.map((format): MainFile => FORMATS[format].mainFile).filter(condition);
  return [...new Set(files.map(({ pattern }) => pattern))];
}

/** The patterns of all files with weights beside a main one, each once. */
export function partFilePatterns(): string[] {
  return [...new Set(FORMAT_NAMES.flatMap((format): readonly string[] => FORMATS[format].partFiles))];
}
