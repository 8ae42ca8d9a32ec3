import { describe, expect, it } from 'vitest';
import { BACK, type Place, runSteps, type Step } from '../../../src/extension/setup/multiStep.js';

type Answers = Readonly<Record<string, string>>;

/** Steps that are answered from a list, and what they were asked with. */
function flow(replies: readonly (string | typeof BACK | undefined)[], names: readonly string[]) {
  const asked: { name: string; answers: Answers; place: Place }[] = [];
  const steps = names.map(
    (name): Step<Answers> => ({
      applies: (answers) => name !== 'colour' || answers.kind === 'image',
      async ask(answers, place) {
        const reply = replies[asked.length];
        asked.push({ name, answers, place });
        return typeof reply === 'string' ? { ...answers, [name]: reply } : reply;
      },
    }),
  );
  return { asked, run: () => runSteps('Set up', steps, {}) };
}

const names = ['kind', 'colour', 'size'];

describe('a flow of questions', () => {
  it('asks those that apply, one after the other', async () => {
    const { asked, run } = flow(['rows', '4'], names);
    expect(await run()).toEqual({ kind: 'rows', size: '4' });
    expect(asked.map(({ name, place }) => [name, place.step, place.totalSteps, place.canGoBack])).toEqual([
      ['kind', 1, 2, false],
      ['size', 2, 2, true],
    ]);
  });

  it('counts questions that an answer adds', async () => {
    const { asked, run } = flow(['image', 'red', '4'], names);
    await run();
    expect(asked.map(({ place }) => `${place.step}/${place.totalSteps}`)).toEqual(['1/2', '2/3', '3/3']);
  });

  it('goes back to the question that was asked before, with its answer', async () => {
    const { asked, run } = flow(['image', 'red', BACK, BACK, 'rows', '5'], names);
    expect(await run()).toEqual({ kind: 'rows', colour: 'red', size: '5' });
    expect(asked.map(({ name }) => name)).toEqual(['kind', 'colour', 'size', 'colour', 'kind', 'size']);
    expect(asked[3].answers).toEqual({ kind: 'image', colour: 'red' });
    expect(asked[4].place).toMatchObject({ step: 1, canGoBack: false });
  });

  it('ends where the user gives up', async () => {
    const { asked, run } = flow(['image', undefined], names);
    expect(await run()).toBeUndefined();
    expect(asked).toHaveLength(2);
  });
});
