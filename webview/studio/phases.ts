/** What the phases of a job are called. */
const TITLES: Readonly<Record<string, string>> = {
  hash: 'Reading the files',
  load: 'Loading the model',
  measure: 'Measuring accuracy',
  list: 'Listing images',
  spaces: 'Finding the spaces',
  search: 'Trying candidates',
  dimensions: 'Measuring the spaces',
  save: 'Saving',
};

export function phaseTitle(phase: string): string {
  return TITLES[phase] ?? phase;
}
