/** What the phases of the jobs are called where people see them. */
const TITLES: Readonly<Record<string, string>> = {
  hash: 'Reading the files',
  load: 'Loading the model',
  measure: 'Measuring accuracy',
  list: 'Listing images',
  spaces: 'Finding the spaces',
  search: 'Trying candidates',
  dimensions: 'Measuring the spaces',
  save: 'Saving',
  diagnose: 'Looking at models',
  focus: 'Comparing saliency',
  boundary: 'Mapping decisions',
};

/** The title of a phase, or its name where it has none. */
export function phaseTitle(phase: string): string {
  return TITLES[phase] ?? phase;
}
