import { beforeEach, describe, expect, it } from 'vitest';
import { LetheError } from '../../../src/base/errors.js';
import { FOCUS_SAMPLES } from '../../../src/contract/explain.js';
import type { RunJob } from '../../../src/contract/jobs.js';
import type { ToStudio } from '../../../src/contract/studio.js';
import { questionOf } from '../../../src/extension/studio/questionShape.js';
import { type Explained, Questions } from '../../../src/extension/studio/questions.js';

describe('questionOf', () => {
  it.each([
    ['thumbnails', { classes: [0, 6] }],
    ['focus', { classes: [] }],
    ['saliency', { sample: { class: 6, nth: 0 }, target: 2 }],
    ['saliency', { sample: { class: 6, nth: 0 }, target: undefined }],
    ['boundary', {}],
    ['boundary', { anchors: [0, 1, 2].map((index) => ({ class: index, nth: 0 })) }],
  ])('takes %s %j', (name, question) => expect(questionOf(name, question)).toEqual({ name, question }));

  it('takes along nothing that does not belong to it', () => {
    const sample = { class: 6, nth: 0, model: '/etc/passwd' };
    expect(questionOf('saliency', { sample, run: '/elsewhere' })).toEqual({
      name: 'saliency',
      question: { sample: { class: 6, nth: 0 }, target: undefined },
    });
  });

  const anchor = { class: 0, nth: 0 };
  it.each([
    ['unlearn', {}],
    ['constructor', {}],
    [undefined, {}],
    ['thumbnails', undefined],
    ['thumbnails', null],
    ['thumbnails', []],
    ['thumbnails', {}],
    ['thumbnails', { classes: 3 }],
    ['thumbnails', { classes: ['Shirt'] }],
    ['thumbnails', { classes: [-1] }],
    ['thumbnails', { classes: [0.5] }],
    ['thumbnails', { classes: new Array(10_001).fill(0) }],
    ['focus', { classes: [Number.NaN] }],
    ['saliency', {}],
    ['saliency', { sample: [6, 0] }],
    ['saliency', { sample: { class: 6 } }],
    ['saliency', { sample: { class: '6', nth: 0 } }],
    ['saliency', { sample: anchor, target: null }],
    ['boundary', { anchors: [] }],
    ['boundary', { anchors: [anchor, anchor] }],
    ['boundary', { anchors: [anchor, anchor, { class: 1, nth: Number.POSITIVE_INFINITY }] }],
  ])('refuses %s %j', (name, question) => expect(questionOf(name, question)).toBeUndefined());
});

describe('Questions', () => {
  const explained: Explained = {
    model: '/home/ada/fashion.onnx',
    run: '/home/ada/.lethe/runs/1',
    candidate: 'projection-30-3',
    allowOutside: false,
  };
  let sent: ToStudio[];
  /** The jobs that were run, with their ends. */
  let jobs: {
    name: string;
    request: unknown;
    signal: AbortSignal;
    part(value: unknown): void;
    end(value: unknown): void;
    fail(error: unknown): void;
  }[];
  let about: Explained | Error;
  let questions: Questions;

  beforeEach(() => {
    sent = [];
    jobs = [];
    about = explained;
    const run = ((name, request, work = {}) =>
      new Promise((end, fail) => {
        jobs.push({
          name,
          request,
          signal: work.signal!,
          part: (value) => work.onPart?.(value as never),
          end: end as never,
          fail,
        });
      })) as RunJob;
    const now = async () => {
      if (about instanceof Error) throw about;
      return about;
    };
    questions = new Questions(run, now, (message) => sent.push(message));
  });

  /** Asks, and waits until the job runs. */
  async function ask(id: number, name: string, question: unknown): Promise<void> {
    void questions.ask(id, name, question);
    await new Promise(setImmediate);
  }

  it('answers about the run and the candidate that are shown, in parts', async () => {
    await ask(7, 'boundary', {});
    expect(jobs[0]).toMatchObject({ name: 'boundary', request: explained });
    jobs[0].part('coarse');
    jobs[0].end('fine');
    await new Promise(setImmediate);
    expect(sent).toEqual([
      { kind: 'answer', id: 7, answer: 'coarse', isFinal: false },
      { kind: 'answer', id: 7, answer: 'fine', isFinal: true },
    ]);
  });

  it('asks for pictures of the model alone, and says how many and how large', async () => {
    await ask(1, 'thumbnails', { classes: [6] });
    expect(jobs[0].request).toEqual({
      ...{ model: '/home/ada/fashion.onnx', allowOutside: false },
      ...{ classes: [6], perClass: 3, size: 48 },
    });
  });

  it('compares over as many samples as a report does', async () => {
    await ask(1, 'focus', { classes: [6] });
    expect(jobs[0]).toMatchObject({ name: 'focus', request: { ...explained, classes: [6], samples: FOCUS_SAMPLES } });
  });

  it('refuses to compare before anything was forgotten', async () => {
    about = { model: '/home/ada/fashion.onnx', allowOutside: false };
    await ask(1, 'focus', { classes: [6] });
    expect(jobs).toEqual([]);
    expect(sent).toMatchObject([{ kind: 'noAnswer', id: 1, error: { code: 'usage' } }]);
    await ask(2, 'saliency', { sample: { class: 6, nth: 0 } });
    expect(jobs[0].request).not.toHaveProperty('run', expect.anything());
  });

  it('runs nothing for what is no question', async () => {
    await ask(1, 'unlearn', { model: '/home/ada/fashion.onnx' });
    await ask(2, 'saliency', { sample: 'first' });
    expect(jobs).toEqual([]);
    expect(sent).toMatchObject([
      { kind: 'noAnswer', id: 1, error: { code: 'usage' } },
      { kind: 'noAnswer', id: 2, error: { code: 'usage' } },
    ]);
  });

  it('tells an error of the job, and why nothing may be asked', async () => {
    await ask(1, 'saliency', { sample: { class: 6, nth: 0 } });
    jobs[0].fail(
      new LetheError('no-saliency', { message: 'has no spatial activation', hint: 'Look at the boundary.' }),
    );
    about = new LetheError('usage', { message: 'restricted' });
    await ask(2, 'boundary', {});
    expect(sent).toMatchObject([
      { kind: 'noAnswer', id: 1, error: { code: 'no-saliency', hint: 'Look at the boundary.' } },
      { kind: 'noAnswer', id: 2, error: { code: 'usage', message: 'restricted' } },
    ]);
    expect(jobs).toHaveLength(1);
  });

  it('cancels what nobody waits for any more, and is silent about it', async () => {
    await ask(1, 'boundary', {});
    await ask(2, 'boundary', {});
    questions.drop(1);
    questions.drop(99);
    expect(jobs.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    jobs[0].part('late');
    jobs[0].fail(new LetheError('cancelled', { message: 'cancelled' }));
    questions.dropAll();
    expect(jobs[1].signal.aborted).toBe(true);
    jobs[1].end('late');
    await new Promise(setImmediate);
    expect(sent).toEqual([]);
  });

  it('takes a number that comes again for a new question, as of a page that was loaded again', async () => {
    await ask(1, 'boundary', {});
    await ask(1, 'thumbnails', { classes: [0] });
    expect(jobs[0].signal.aborted).toBe(true);
    jobs[0].end('old');
    jobs[1].end('new');
    await new Promise(setImmediate);
    expect(sent).toEqual([{ kind: 'answer', id: 1, answer: 'new', isFinal: true }]);
  });
});
