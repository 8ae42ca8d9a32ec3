/** One step of a job: `done` of `total` units of `phase`; `detail` names what is worked on. */
export interface JobProgress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly detail?: string;
}
