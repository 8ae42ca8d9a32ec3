import { stat } from 'node:fs/promises';
import type { FormatName } from '../../../contract/formats.js';
import type { RunSettings } from '../../../contract/settings.js';
import { elementCount } from '../../../linalg/tensor.js';
import type { Classifier, Layer } from '../../../models/classifier.js';
import type { Side } from '../../../unlearn/stream.js';
import type { Probe } from '../../open/probe.js';
import type { Session } from '../../open/session.js';
import type { Pools } from '../pools.js';
import { drawSamples, type RunSamples } from '../samples.js';
import { nothingToForget, nothingToKeep, policyOf } from '../targets.js';

/** How much a run will do, as far as that is known before it begins. */
export interface RunPlan {
  readonly format: FormatName;
  /** Bytes of the model's files. */
  readonly modelBytes: number;
  /** Weights of the layers to edit. */
  readonly editedBytes: number;
  readonly layers: readonly Layer[];
  readonly settings: RunSettings;
  readonly costs: Probe;
  readonly samples: PlannedSamples;
  /** Values of one stored sample. */
  readonly sampleLength: number;
  /** Models that will be made and judged, and how often what they are made from is to be found. */
  readonly candidates: number;
  readonly preparations: number;
  readonly spaces: readonly PlannedSpace[];
}

/** Numbers of samples. */
export interface PlannedSamples {
  /** That accuracies are measured on. */
  readonly measured: number;
  /** That have a part in making and judging candidates. */
  readonly all: number;
  /** That a candidate is judged on. */
  readonly judged: number;
  /** That it is made from; those of classes forgotten earlier count to the forget side where the method takes them so. */
  readonly retain: number;
  readonly forget: number;
}

/** One second moment that is to be collected. */
export interface PlannedSpace {
  readonly layer: Layer;
  readonly side: Side;
  /** Input vectors. */
  readonly count: number;
}

/** What a run is planned from. */
interface Plannable {
  readonly session: Session;
  readonly settings: RunSettings;
  readonly layers: readonly Layer[];
  readonly pools: Pools;
  readonly costs: Probe;
  /** Candidates that will be tried. */
  readonly candidates: number;
  /** Classes that the user named, by index; undefined: what the policy still asks for. */
  readonly forget: readonly number[] | undefined;
  /** Classes that earlier runs made the model forget. */
  readonly earlier: readonly number[];
}

/**
 * Plans a run. Which classes are forgotten already is known for sure only after measuring, so this may plan for more.
 * @throws LetheError `usage` if there is nothing to forget or nothing to keep; `samples-missing`; ConfigError for classes in the
 *   policy that the model does not have.
 */
export async function planRun(run: Plannable): Promise<RunPlan> {
  const { session, settings, layers, pools, costs } = run;
  const { classifier } = session;
  const { folds, all } = plannedSamples(run);
  const [{ fitted, judged }] = folds;
  const lasting = settings.method === 'refit' ? fitted.earlier.indices.length : 0;
  const samples: PlannedSamples = {
    measured: pools.measured.indices.length,
    all: all.indices.length,
    judged: judged.indices.length,
    retain: fitted.retain.indices.length,
    forget: fitted.forget.indices.length + lasting,
  };
  return {
    format: classifier.format,
    modelBytes: await modelBytes(classifier),
    editedBytes: editedBytes(layers),
    layers,
    settings,
    costs,
    samples,
    sampleLength: elementCount(pools.available.dataset.shape),
    // Some of the candidates are judged on every fold, and one is made from all samples in the end.
    candidates: folds.length === 1 ? run.candidates : run.candidates + 2 * (folds.length - 1) + 1,
    preparations: folds.length === 1 ? 1 : folds.length + 1,
    spaces: layers.flatMap((layer) =>
      (['retain', 'forget'] as const).map((side): PlannedSpace => {
        const positions = sum(costs.positions.get(layer.id)!);
        const count = Math.min(settings.maxPatches, samples[side] * positions);
        return { layer, side, count };
      }),
    ),
  };
}

/** Bytes of a model's files. */
export async function modelBytes({ files }: Classifier): Promise<number> {
  return sum(await Promise.all(files.map(async (file) => (await stat(file)).size)));
}

/** Bytes of the weights of some layers. */
export function editedBytes(layers: readonly Layer[]): number {
  return sum(layers.map((layer) => 4 * layer.in * layer.out));
}

/** Classes to forget, and those forgotten earlier. */
function rolesOf({ session: { config, classes }, forget, earlier }: Plannable) {
  const known = new Set(earlier);
  const policy = policyOf(config, classes).forget.map(({ index }) => index);
  const asked = forget ?? policy.filter((index) => !known.has(index));
  for (const index of asked) known.delete(index);
  return { forget: new Set(asked), earlier: known };
}

function plannedSamples(run: Plannable): RunSamples {
  const { session, settings, pools } = run;
  const { forget, earlier } = rolesOf(run);
  const present = new Set(pools.available.dataset.labels);
  // Whether a class of the policy is forgotten already is known only after measuring; one without samples can't be counted.
  const counted = [...forget].filter((index) => run.forget || present.has(index));
  const retain = [...session.classes.keys()].filter((index) => !forget.has(index) && !earlier.has(index));
  if (forget.size === 0) throw nothingToForget(session.config);
  if (retain.length === 0) throw nothingToKeep();
  const roles = { forget: counted.length > 0 ? counted : [...forget], earlier: [...earlier], retain };
  return drawSamples(pools, roles, session.classes, settings, 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
