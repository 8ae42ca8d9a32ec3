import { beforeEach, describe, expect, it } from 'vitest';
import { LetheError } from '../../../src/base/errors.js';
import { candidateOf, projectionRecipe } from '../../../src/contract/recipes.js';
import type { CandidateRequest } from '../../../src/contract/run.js';
import type { Memory } from '../../../src/extension/studio/choices.js';
import type { ShownRuns } from '../../../src/extension/studio/shownRuns.js';
import { other, otherCandidate, secondRun, shownRun, twoRuns } from '../../support/studio/recorded.js';
import { memory, StudioWindow, settled } from '../../support/studio/window.js';

const [latest, earlier] = twoRuns;
const MODEL = latest.source;
const [LATEST, EARLIER] = [latest.folder, earlier.folder];
const crash = new LetheError('engine-crashed', { message: 'the engine ended unexpectedly' });

let remembered: Memory;
let window: StudioWindow;
let shown: ShownRuns;

function open(): void {
  window = new StudioWindow(remembered);
  shown = window.shown;
}

beforeEach(async () => {
  remembered = memory();
  open();
  shown.open(MODEL);
  await settled();
  shown.show(MODEL, EARLIER);
  await settled();
  window.asked.length = 0;
  window.changed.length = 0;
});

describe('A candidate that is chosen', () => {
  it('is shown at once where somebody has looked at it: nothing is computed', async () => {
    window.known.set(other.id, otherCandidate);
    await shown.choose(MODEL, other.id);
    expect(shown.shown(MODEL)).toBe(otherCandidate);
    expect(window.jobs).toEqual(['showRun']);
    expect(window.progress).toEqual([]);
    expect(await shown.recorded(MODEL)).toMatchObject({ folder: EARLIER, source: MODEL, candidate: other });
  });

  it('is computed where nobody has, and is what is shown until then being told', async () => {
    window.isSlow = true;
    const choice = shown.choose(MODEL, other.id);
    expect(shown.choosing(MODEL)).toEqual(other);
    expect(window.changed).toEqual([MODEL]);
    window.asked[0].answer(null);
    await settled();
    expect(window.jobs).toEqual(['showRun', 'candidate']);
    const request: CandidateRequest = { run: EARLIER, candidate: other.id, allowOutside: true };
    expect(window.asked[1].request).toEqual(request);
    expect(window.progress).toHaveLength(1);
    expect(shown.shown(MODEL)).toBe(shownRun);
    window.asked[1].answer(otherCandidate);
    await choice;
    expect(shown.shown(MODEL)).toBe(otherCandidate);
    expect(shown.choosing(MODEL)).toBeNull();
  });

  it('is not read again, and is shown by the next window too', async () => {
    await shown.choose(MODEL, other.id);
    window.asked.length = 0;
    window.listed.fire();
    await settled();
    expect(window.asked).toEqual([]);
    const { known } = window;
    open();
    for (const [id, run] of known) window.known.set(id, run);
    shown.open(MODEL);
    await settled();
    expect(shown.shown(MODEL)).toBe(otherCandidate);
    expect(window.jobs).not.toContain('candidate');
  });

  it('gives way to the one that was saved where nothing is known of it any more', async () => {
    await shown.choose(MODEL, other.id);
    open();
    shown.open(MODEL);
    await settled();
    expect(shown.shown(MODEL)).toBe(shownRun);
    expect(window.choices.of(MODEL)).toEqual({ run: EARLIER });
    expect(window.jobs).not.toContain('candidate');
  });

  it('is remembered as the run itself where it is the one that was saved', async () => {
    await shown.choose(MODEL, other.id);
    await shown.choose(MODEL, shownRun.saved!.id);
    expect(shown.shown(MODEL)).toBe(shownRun);
    expect(window.choices.of(MODEL)).toEqual({ run: EARLIER });
    expect((await shown.recorded(MODEL))!.candidate).toBeUndefined();
  });

  it.each(['showRun', 'candidate'] as const)(
    'is an error where the engine ends in %s, and no computation',
    async (job) => {
      window.isSlow = true;
      const choice = shown.choose(MODEL, other.id);
      if (job === 'candidate') window.asked[0].answer(null);
      await settled();
      window.asked.at(-1)!.fail(crash);
      await expect(choice).rejects.toBe(crash);
      expect(window.jobs.at(-1)).toBe(job);
      expect(shown.shown(MODEL)).toBe(shownRun);
      expect(shown.choosing(MODEL)).toBeNull();
    },
  );

  it('must be one that the run has tried', async () => {
    await shown.choose(MODEL, candidateOf(projectionRecipe(7, 9)).id);
    expect(window.asked).toEqual([]);
  });

  it('wins over one that was chosen before and comes later', async () => {
    const third = shownRun.outcome.candidates.find(({ chosen, id }) => !chosen && id !== other.id)!;
    const thirdRun = { ...otherCandidate, id: 'third' };
    window.isSlow = true;
    const [first, second] = [shown.choose(MODEL, other.id), shown.choose(MODEL, third.id)];
    expect(window.asked[0].signal!.aborted).toBe(true);
    window.asked[1].answer(thirdRun);
    await second;
    window.asked[0].answer(otherCandidate);
    await first;
    expect(shown.shown(MODEL)).toBe(thirdRun);
    expect(window.choices.of(MODEL).candidate).toBe(third.id);
  });

  it.each([
    ['is cancelled', () => shown.cancelChoosing(MODEL), shownRun],
    ['gives way to a run that is chosen after it', () => shown.show(MODEL, LATEST), secondRun],
  ])('%s, whatever its job comes to', async (_, change, expected) => {
    for (const end of ['answer', 'fail'] as const) {
      window.isSlow = true;
      window.asked.length = 0;
      const choice = shown.choose(MODEL, other.id);
      const [asked] = window.asked;
      window.isSlow = false;
      change();
      expect(asked.signal!.aborted).toBe(true);
      if (end === 'answer') asked.answer(otherCandidate);
      else asked.fail(crash);
      await choice;
      await settled();
      expect(shown.shown(MODEL)).toBe(expected);
      expect(shown.choosing(MODEL)).toBeNull();
      expect(window.choices.of(MODEL).candidate).toBeUndefined();
      shown.show(MODEL, EARLIER);
      await settled();
    }
  });

  it('comes to nothing where the Studio is closed meanwhile', async () => {
    window.isSlow = true;
    const choice = shown.choose(MODEL, other.id);
    shown.close(MODEL);
    window.asked[0].answer(otherCandidate);
    await choice;
    expect(shown.shown(MODEL)).toBeNull();
    expect(window.choices.of(MODEL)).toEqual({ run: EARLIER });
  });
});

describe('The run to compare with', () => {
  it('is the one that was chosen, in the next window too, until there is to be none', async () => {
    shown.compare(MODEL, LATEST);
    await settled();
    expect(shown.compared(MODEL)).toBe(secondRun);
    open();
    shown.open(MODEL);
    await settled();
    expect([shown.shown(MODEL), shown.compared(MODEL)]).toEqual([shownRun, secondRun]);
    shown.compare(MODEL, null);
    expect(shown.compared(MODEL)).toBeNull();
    expect(shown.shown(MODEL)).toBe(shownRun);
  });

  it('is none as long as it is the one that is shown', async () => {
    shown.compare(MODEL, EARLIER);
    await settled();
    expect(shown.compared(MODEL)).toBeNull();
    shown.show(MODEL, LATEST);
    await settled();
    expect([shown.shown(MODEL), shown.compared(MODEL)]).toEqual([secondRun, shownRun]);
  });

  it('is none any more where it is deleted', async () => {
    shown.compare(MODEL, LATEST);
    await settled();
    window.list = async () => [earlier];
    window.listed.fire();
    await settled();
    expect([shown.shown(MODEL), shown.compared(MODEL)]).toEqual([shownRun, null]);
  });
});
