import path from 'node:path';
import { LetheError } from '../../base/errors.js';
import { percentText } from '../../base/text.js';
import type { Work } from '../../base/work.js';
import type { CandidateResult, HashedFile, RunRecord } from '../../contract/records.js';
import type { SaveCandidateRequest, SaveCandidateResult } from '../../contract/run.js';
import type { AlphaPair } from '../../contract/terms.js';
import { isSamePair, pairText } from '../../project/alphaPair.js';
import { hashFiles } from '../../project/fileHash.js';
import { fromRecordPath } from '../../project/recordPath.js';
import { readRun, type StoredRun } from '../../project/runStore.js';
import { slugOf } from '../../project/slug.js';
import { EXHAUSTIVE } from '../../unlearn/search.js';
import type { Bench } from '../kept/bench.js';
import { leaseBench } from '../kept/benches.js';
import { findFacts } from '../kept/facts.js';
import { outputOf } from '../records/history.js';
import { withCandidate } from '../records/outcome.js';
import { candidateOf, sourceOf } from '../records/runRequest.js';
import { homeOfRun } from '../records/traces.js';
import { chooseOutput } from '../run/output.js';
import { type Draft, persist } from '../run/persist.js';
import { findingsOf } from '../run/policy.js';
import { checkSource } from '../run/recorded.js';
import { candidateResults, searchCandidates, withJudgement } from '../run/search.js';
import type { FoundSpaces } from '../run/spaces.js';
import { versions } from '../run/versions.js';

/**
 * Saves a candidate of a run as a model, with a record and a report of its own, as an `unlearn` with this pair alone would.
 * @throws LetheError as `candidate`; `no-candidate` if it does not forget; `output-exists`, `disk-full`, `file-unwritable`.
 */
export async function saveCandidate(request: SaveCandidateRequest, work: Work = {}): Promise<SaveCandidateResult> {
  const run = await readRun(path.resolve(request.run));
  const pair = candidateOf(run, request.pair);
  const bench = await leaseBench(await sourceOf(run, request), work);
  try {
    return await save(bench.value, run, pair, request, work);
  } finally {
    await bench.release();
  }
}

async function save(
  bench: Bench,
  run: StoredRun,
  pair: AlphaPair,
  request: SaveCandidateRequest,
  work: Work,
): Promise<SaveCandidateResult> {
  const { record } = run;
  const { session } = bench;
  const { classifier, home, classes } = session;
  await checkSource(session, record, work);
  const slug = slugOf(
    record.forget.map(({ index }) => index),
    classes,
  );
  const output = await chooseOutput(classifier, home, slug, { ...request, out: request.out ?? outputOf(run) });
  const found = await bench.spacesOf(record, work);
  try {
    const judged = await judgedInFull(found.value, record, pair, work);
    const known = await findFacts(bench, run, pair, work);
    // `lethe.json` may ask for more now than when somebody looked at it, and the record names the one of now.
    const facts = { ...known, policy: findingsOf(found.value.basis.targets, known.perClass) };
    const edits = await found.value.projections.edits(pair, 'full', { signal: work.signal });
    const candidates = withJudgement(record.result.candidates, judged);
    const result = withCandidate({ ...record.result, candidates }, facts);
    const draft = await draftOf(run, session.config.file, pair, work);
    const withNotes = (saving: readonly string[]) => ({ ...result, notes: [...new Set([...result.notes, ...saving])] });
    const written = await persist(classifier, edits, output, home.folder, slug, draft, withNotes, work);
    return { output: written.output, run: written.run, report: written.report };
  } finally {
    await found.release();
  }
}

/** A race judges most candidates on few samples; none is saved on such grounds. @throws LetheError `no-candidate` if it does not forget. */
async function judgedInFull(
  { basis, projections }: FoundSpaces,
  { result }: RunRecord,
  pair: AlphaPair,
  work: Work,
): Promise<CandidateResult> {
  let judged = result.candidates.find((candidate) => candidate.complete && isSamePair(candidate, pair));
  if (!judged) {
    const { classifier } = basis.session;
    const alone = { alphaR: [pair.alphaR], alphaF: [pair.alphaF], rounds: EXHAUSTIVE };
    const request = { ...basis, classifier, projections, judged: basis.samples.judged, ...alone };
    [judged] = candidateResults(await searchCandidates(request, { signal: work.signal, onProgress: work.onProgress }));
  }
  if (judged.forgets) return judged;
  throw new LetheError('no-candidate', {
    message: `the candidate with ${pairText(pair)} does not forget: it still recognises ${percentText(judged.forgetAccuracy)}`,
    file: basis.session.classifier.path,
    hint: 'Nothing was written. Choose a candidate that forgets.',
  });
}

/** The run's record, as the one that would have tried this pair alone. Its paths are absolute. */
async function draftOf(run: StoredRun, config: string, { alphaR, alphaF }: AlphaPair, work: Work): Promise<Draft> {
  const { id: _, output: __, result: ___, ...record } = run.record;
  const absolute = (file: string) => fromRecordPath(homeOfRun(run), file);
  const there = (file: HashedFile): HashedFile => ({ ...file, path: absolute(file.path) });
  return {
    ...record,
    created: new Date().toISOString(),
    versions: versions(),
    source: { ...record.source, path: absolute(record.source.path), files: record.source.files.map(there) },
    config: (await hashFiles([config], { signal: work.signal }))[0],
    data: record.data.map(there),
    settings: { ...record.settings, alphaR: [alphaR], alphaF: [alphaF] },
  };
}
