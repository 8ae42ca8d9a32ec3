import type { JobName, Jobs, PartOf, RunJob } from '../../contract/jobs.js';
import type { Work } from '../../contract/progress.js';

type Job<Name extends JobName> = (
  request: Jobs[Name]['request'],
  work: Work<PartOf<Name>>,
) => Promise<Jobs[Name]['result']>;

/** Every job; its code and the runtimes below it are loaded when it is first asked for. */
const jobs: { readonly [Name in JobName]: () => Promise<Job<Name>> } = {
  inspect: async () => (await import('./inspect.js')).inspect,
  evaluate: async () => (await import('./evaluate.js')).evaluate,
  unlearn: async () => (await import('./unlearn.js')).unlearn,
  report: async () => (await import('./report.js')).report,
  estimate: async () => (await import('./estimate.js')).estimate,
  diagnose: async () => (await import('./diagnose.js')).diagnose,
  describe: async () => (await import('./describe.js')).describe,
  runs: async () => (await import('./runs.js')).runs,
  findData: async () => (await import('./findData.js')).findData,
  checkSetup: async () => (await import('./checkSetup.js')).checkSetup,
  writeSetup: async () => (await import('./writeSetup.js')).writeSetup,
  environment: async () => (await import('./environment.js')).environment,
  showRun: async () => (await import('./showRun.js')).showRun,
  candidate: async () => (await import('./candidate.js')).candidate,
  saveCandidate: async () => (await import('./saveCandidate.js')).saveCandidate,
  thumbnails: async () => (await import('./thumbnails.js')).thumbnails,
  saliency: async () => (await import('./saliency.js')).saliency,
  focus: async () => (await import('./focus.js')).focus,
  boundary: async () => (await import('./boundary.js')).boundary,
};

/** Runs a job in this process. @throws LetheError what the job throws. */
export const runJob: RunJob = async (name, request, work = {}) => {
  const job = await jobs[name]();
  return job(request, work);
};
