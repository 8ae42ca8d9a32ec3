/**
 * A child process that uses one model file after the other, so that whoever started it survives what a damaged file does.
 * Takes a path, answers with `{ outcome, peakBytes }` or `{ defect, peakBytes }`.
 */
import { useModel } from './mutate.js';

process.on('message', async (file: string) => {
  const answer = await useModel(file).then(
    (outcome) => ({ outcome }),
    (error: unknown) => ({ defect: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  process.send!({ ...answer, peakBytes: process.resourceUsage().maxRSS * 1024 });
});
