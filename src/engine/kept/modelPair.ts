import type { ExplainRequest } from '../../contract/explain.js';
import type { Work } from '../../contract/progress.js';
import type { ModelRequest } from '../../contract/terms.js';
import type { Classifier } from '../../models/classifier.js';
import { openModel } from '../../models/registry.js';
import type { SampleSet } from '../open/samples.js';
import type { Session } from '../open/session.js';
import { isAsWritten, outputOf } from '../records/output.js';
import { type RecordedCandidate, recordedCandidate, sourceOf } from '../records/recordedCandidate.js';
import { makePools } from '../run/pools.js';
import { checkSource } from '../run/recorded.js';
import type { LoadedModel } from './loadedModel.js';
import { leaseModel } from './loadedModels.js';
import type { Lease } from './slot.js';

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
 *   what it was; `usage` for a candidate that the run has not tried; as `Session.open`.
 */
export async function openModelPair(request: ExplainRequest, work: Work): Promise<ModelPair> {
  if (request.run === undefined) return pairOf(await leaseModel(request, work), null, request, work);
  const recorded = await recordedCandidate(request.run, request.candidate);
  const about = { ...(await sourceOf(recorded.run, request)), model: request.model };
  return pairOf(await leaseModel(about, work), recorded, request, work);
}

/** The same for a candidate that is settled already. */
export async function openRecordedPair(
  recorded: RecordedCandidate,
  request: Omit<ModelRequest, 'model'>,
  work: Work,
): Promise<ModelPair> {
  return pairOf(await leaseModel(await sourceOf(recorded.run, request), work), recorded, request, work);
}

async function pairOf(
  model: Lease<LoadedModel>,
  recorded: RecordedCandidate | null,
  { threads }: Pick<ModelRequest, 'threads'>,
  work: Work,
): Promise<ModelPair> {
  try {
    const { session } = model.value;
    const after = recorded && (await candidateModel(model.value, recorded, threads, work));
    return {
      session,
      before: session.classifier,
      after: after?.value ?? null,
      samples: recorded
        ? makePools(session, recorded.run.record.settings.seed).measured
        : (session.split('test') ?? session.split('train')!),
      classes: session.classes,
      forget: recorded?.run.record.forget.map(({ index }) => index) ?? [],
      async release() {
        await after?.release();
        await model.release();
      },
    };
  } catch (error) {
    await model.release();
    throw error;
  }
}

/** The model that a candidate is: where the run wrote it and it is what it was, that; else it is made again. */
async function candidateModel(
  model: LoadedModel,
  { run, candidate, isSaved }: RecordedCandidate,
  threads: number | undefined,
  work: Work,
): Promise<Lease<Classifier>> {
  await checkSource(model.session, run.record, work);
  return model.candidateClassifier(run.record, candidate.recipe, work, async () =>
    isSaved && (await isAsWritten(run, work)) ? openModel(outputOf(run), { threads, signal: work.signal }) : null,
  );
}

/** Opens what an explanation is about for as long as `use` takes. @throws LetheError as `openModelPair`, and what `use` throws. */
export async function withModelPair<T>(
  request: ExplainRequest,
  work: Work,
  use: (pair: ModelPair) => Promise<T>,
): Promise<T> {
  const pair = await openModelPair(request, work);
  return use(pair).finally(() => pair.release());
}
