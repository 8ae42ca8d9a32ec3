/** Where a question stands in the flow, for its title. */
export interface Place {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly canGoBack: boolean;
}

/** What a question gives instead of answers, when the user wants the question before. */
export const BACK = Symbol('back');

/** One question: asked only where it applies to what was answered before. */
export interface Step<Answers> {
  applies(answers: Answers): boolean;
  /** The answers with this one, BACK, or nothing where the user gives up. May be asked again, and then begins with its answer. */
  ask(answers: Answers, place: Place): Promise<Answers | typeof BACK | undefined>;
}

/**
 * Asks one question after the other, and back again. What was answered is kept when going back.
 * @returns all answers, undefined if the user gave up.
 */
export async function runSteps<Answers>(
  title: string,
  steps: readonly Step<Answers>[],
  initial: Answers,
): Promise<Answers | undefined> {
  let answers = initial;
  const asked: Step<Answers>[] = [];
  let step = following(steps, undefined, answers);
  while (step) {
    const shown = steps.filter((other) => other.applies(answers));
    const place = { title, step: shown.indexOf(step) + 1, totalSteps: shown.length, canGoBack: asked.length > 0 };
    const answer = await step.ask(answers, place);
    if (answer === undefined) return undefined;
    if (answer === BACK) {
      step = asked.pop() ?? step;
      continue;
    }
    answers = answer;
    asked.push(step);
    step = following(steps, step, answers);
  }
  return answers;
}

function following<Answers>(
  steps: readonly Step<Answers>[],
  last: Step<Answers> | undefined,
  answers: Answers,
): Step<Answers> | undefined {
  const from = last ? steps.indexOf(last) + 1 : 0;
  return steps.slice(from).find((step) => step.applies(answers));
}
