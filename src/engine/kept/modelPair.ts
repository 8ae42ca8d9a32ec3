import type { ExplainRequest } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import type { AlphaPair } from '../../contract/terms.js';
import type { Classifier } from '../../models/classifier.js';
import { openModel } from '../../models/registry.js';
import { isSamePair } from '../../project/alphaPair.js';
import { readRun, type StoredRun } from '../../project/runStore.js';
import type { SampleSet } from '../open/samples.js';
import type { Session } from '../open/session.js';
import { outputOf } from '../records/history.js';
import { candidateOf, savedPair, sourceOf } from '../records/runRequest.js';
import { isAsWritten } from '../records/studioRun.js';
import { makePools } from '../run/pools.js';
import { checkSource } from '../run/recorded.js';
import { leaseBench } from './benches.js';

/** A model as it is, what a run made of it, and the samples to compare the two with. */
export interface ModelPair {
  /** Of the source model. */
  readonly session: Session;
  readonly before: Classifier;
  /** Null without a run. */
  readonly after: Classifier | null;
  /** The samples that accuracies are measured on: those of the run, else of the test split, else of the train split. */
  readonly samples: SampleSet;
  readonly classes: readonly string[];
  /** The classes that the run forgot. */
  readonly forget: readonly number[];
  /** Call it once, when done. The models may be kept for the next who asks. */
  release(): Promise<void>;
}

/**
 * Opens what an explanation is about. Quick when the same is asked for again in a process that keeps things (`keepBetweenJobs`).
 * @throws LetheError `run-outdated` if the model is not the one that the run was made from, or what its candidate needs is not
 *   what it was; `usage` for a pair that the run has not tried; as `Session.open`.
 */
export async function openModelPair(request: ExplainRequest, work: Work): Promise<ModelPair> {
  const run = request.run === undefined ? null : await readRun(request.run);
  const pair = run && candidateOf(run, request.pair);
  const bench = await leaseBench(run ? { ...(await sourceOf(run, request)), model: request.model } : request, work);
  try {
    const { session } = bench.value;
    if (run) await checkSource(session, run.record, work);
    const after =
      run &&
      pair &&
      (await bench.value.candidateOf(run.record, pair, work, () => openOutput(run, pair, request, work)));
    return {
      session,
      before: session.classifier,
      after: after?.value ?? null,
      samples: run
        ? makePools(session, run.record.settings.seed).measured
        : (session.split('test') ?? session.split('train')!),
      classes: session.classes,
      forget: run?.record.forget.map(({ index }) => index) ?? [],
      async release() {
        await after?.release();
        await bench.release();
      },
    };
  } catch (error) {
    await bench.release();
    throw error;
  }
}

/** Opens what an explanation is about for as long as `use` takes. @throws LetheError as `openModelPair`, and what `use` throws. */
export async function withModelPair<T>(
  request: ExplainRequest,
  work: Work,
  use: (pair: ModelPair) => Promise<T>,
): Promise<T> {
  const pair = await openModelPair(request, work);
  try {
    return await use(pair);
  } finally {
    await pair.release();
  }
}

/** The model that a run wrote, if it was made with this pair and is what it was. */
async function openOutput(
  run: StoredRun,
  pair: AlphaPair,
  { threads }: ExplainRequest,
  work: Work,
): Promise<Classifier | null> {
  if (!isSamePair(pair, savedPair(run)) || !(await isAsWritten(run, work))) return null;
  return openModel(outputOf(run), { threads, signal: work.signal });
}
