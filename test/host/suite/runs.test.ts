import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { BoundaryResult, SaliencyResult, ThumbnailsResult } from '../../../src/contract/explain.js';
import { isSameCandidate } from '../../../src/contract/recipes.js';
import { type CandidateResult, type RunRecord, runRecord } from '../../../src/contract/records.js';
import type { StudioRun } from '../../../src/contract/run.js';
import type { QuestionName, RunState, StudioQuestions, ToStudio } from '../../../src/contract/studio.js';
import type { Dialogs } from '../../../src/extension/dialogs.js';
import type { StudioSession } from '../../../src/extension/studio/session.js';
import { file, jobWhere, lethe, sleep, tidyUp, until } from '../support/lethe.js';

const CHECKER = 3;

/** What a Studio shows, once it is a record that satisfies a condition. */
async function shownWhere(
  studio: StudioSession,
  model: vscode.Uri,
  condition: (run: StudioRun) => boolean = () => true,
): Promise<StudioRun> {
  const shown = () => studio.snapshot(model).shown;
  return until(
    `a recorded run where ${condition}`,
    () => {
      const run = shown();
      return run?.state === 'recorded' && condition(run) ? run : undefined;
    },
    () => ({ ...shown(), outcome: undefined }),
  );
}

function recordOf({ folder }: StudioRun): RunRecord {
  const name = path.join(folder!, 'run.json');
  return runRecord.parse(JSON.parse(readFileSync(name, 'utf8')));
}

/** Asks as a tab does. @returns everything that came, the last one final. */
async function ask<Name extends QuestionName>(
  studio: StudioSession,
  model: vscode.Uri,
  name: Name,
  question: StudioQuestions[Name]['question'] | string,
): Promise<ToStudio[]> {
  const messages: ToStudio[] = [];
  await studio.questions(model, (message) => messages.push(message)).ask(1, name, question);
  return messages;
}

function answerOf<Answer>(messages: readonly ToStudio[]): Answer {
  const last = messages.at(-1)!;
  assert.ok(last.kind === 'answer' && last.isFinal, JSON.stringify(last));
  return last.answer as Answer;
}

describe('A run in the Studio', () => {
  const model = file('runs/shapes.onnx');
  const output = file('runs/shapes.forget-checker.onnx');
  let first: StudioRun;
  let other: CandidateResult;
  after(tidyUp);

  before(async () => {
    await vscode.commands.executeCommand('lethe.openStudio', model);
  });

  it('arrives part by part, with the time that is left, and then is what run.json says', async () => {
    const { services, studio } = await lethe();
    const seen: StudioRun[] = [];
    const states: RunState[] = [];
    const listeners = [
      studio.onDidChange(() => {
        const { shown } = studio.snapshot(model);
        if (shown && shown !== seen.at(-1)) seen.push(shown);
      }),
      services.jobs.onDidChange((state) => states.push(state)),
    ];
    const request = { model: model.fsPath, forget: ['Checker'] };
    const { steps } = await services.engine.run('estimate', request);
    const result = await services.jobs.unlearn(model.fsPath, request, steps);
    first = await shownWhere(studio, model, ({ folder }) => folder === result.run);
    vscode.Disposable.from(...listeners).dispose();

    const parts = seen.filter(({ state }) => state === 'running').map(({ outcome }) => outcome);
    assert.ok(parts.some((part) => part.before !== null && part.after === null));
    assert.ok(parts.some((part) => part.candidates.length > 0));
    assert.ok(!seen.some(({ state }) => state === 'interrupted'));
    const left = states.filter(({ status }) => status === 'running').map(({ secondsLeft }) => secondsLeft);
    assert.ok(left.length > 3 && left.every((seconds) => seconds !== null && seconds >= 0));
    assert.ok(states.some(({ step }) => step === 'Trying candidates'));

    const record = recordOf(first);
    const { outcome } = first;
    assert.deepEqual(outcome.candidate, record.result.candidate);
    assert.deepEqual(first.saved, outcome.candidate);
    assert.deepEqual(first.settings, record.settings);
    assert.deepEqual(first.output, { path: output.fsPath, exists: true });
    for (const part of ['before', 'after', 'perClass', 'candidates', 'forget', 'seconds'] as const)
      assert.deepEqual(outcome[part], record.result[part], part);
    assert.deepEqual([...outcome.confusionAfter!.counts], record.result.confusion.after.flat());
    assert.deepEqual(
      outcome.layers.map(({ removedDimension }) => removedDimension),
      record.result.layers.map(({ removedDimension }) => removedDimension),
    );
  });

  it('is listed for the model and for what it made of it', async () => {
    const { services, studio } = await lethe();
    await services.models.refresh();
    const [run] = await until('the list', () => {
      const { runs } = studio.snapshot(model);
      return runs.length === 1 && runs;
    });
    assert.equal(run.folder, first.folder);
    studio.open(output);
    const shown = await shownWhere(studio, output);
    assert.equal(shown.folder, first.folder);
    studio.close(output);
  });

  it('stays the same object while it does not change, so that it is not sent again', async () => {
    const { services, studio } = await lethe();
    const { shown } = studio.snapshot(model);
    await services.models.refresh();
    await sleep(300);
    assert.equal(studio.snapshot(model).shown, shown);
  });

  it('shows the candidate that is chosen, and a new window does too', async () => {
    const { studio, reopen } = await lethe();
    const { saved, outcome } = first;
    other = outcome.candidates.find((entry) => entry.forgets && !isSameCandidate(entry, saved))!;
    const candidate = { id: other.id, recipe: other.recipe };
    const meanwhile: StudioRun[] = [];
    const listener = studio.onDidChange(() => {
      const { choosing, shown } = studio.snapshot(model);
      if (choosing && isSameCandidate(choosing, other)) meanwhile.push(shown!);
    });
    await studio.handle(model, { kind: 'choose', candidate: other.id });
    listener.dispose();
    assert.ok(meanwhile.length > 0, 'the choice was not shown');
    assert.deepEqual(meanwhile[0], first);
    const { shown, choosing } = studio.snapshot(model);
    assert.equal(choosing, null);
    assert.deepEqual(shown!.outcome.candidate, candidate);
    assert.deepEqual(shown!.saved, saved);
    assert.equal(shown!.folder, first.folder);
    assert.notDeepEqual(shown!.outcome.confusionAfter, outcome.confusionAfter);
    assert.deepEqual(shown!.outcome.confusionBefore, outcome.confusionBefore);

    const next = reopen();
    next.studio.open(model);
    const again = await shownWhere(next.studio, model);
    assert.deepEqual(again, shown);
    for (const part of Object.values(next)) part.dispose();
  });

  it('is not changed by a candidate that it has not tried', async () => {
    const { studio } = await lethe();
    const { shown } = studio.snapshot(model);
    await studio.handle(model, { kind: 'choose', candidate: 'projection-12345-1' });
    await studio.handle(model, { kind: 'choose', candidate: { id: 'the best' } as never });
    assert.equal(studio.snapshot(model).shown, shown);
  });

  it('answers questions about itself', async () => {
    const { studio } = await lethe();
    const pictures = answerOf<ThumbnailsResult>(await ask(studio, model, 'thumbnails', { classes: [CHECKER, 0] }));
    assert.deepEqual(
      pictures.classes.map((entry) => [entry.class, entry.pictures.length]),
      [
        [CHECKER, 3],
        [0, 3],
      ],
    );
    const sample = { class: CHECKER, nth: 0 };
    const saliency = answerOf<SaliencyResult>(await ask(studio, model, 'saliency', { sample }));
    assert.deepEqual(saliency.sample, sample);
    assert.equal(saliency.before.values.length, saliency.before.width * saliency.before.height);
    assert.ok(saliency.after && saliency.after.logit < saliency.before.logit);
    const messages = await ask(studio, model, 'boundary', {});
    const boundary = answerOf<BoundaryResult>(messages);
    assert.equal(boundary.before.classes.length, boundary.size ** 2);
    assert.ok(boundary.after);
    assert.ok(messages.length > 1, 'no part came before the whole');
  });

  it('refuses what is no question, and tells what went wrong with one', async () => {
    const { studio } = await lethe();
    for (const [name, question] of [
      ['saliency', 'all of them'],
      ['unlearn', {}],
    ]) {
      const [{ kind, ...message }] = await ask(studio, model, name as 'saliency', question as string);
      assert.equal(kind, 'noAnswer');
      assert.equal((message as { error: { code: string } }).error.code, 'usage');
    }
    const [none] = await ask(studio, model, 'saliency', { sample: { class: 77, nth: 0 } });
    assert.equal(none.kind, 'noAnswer');
  });

  it('is saved in place of its output only if the user says so', async () => {
    const { reopen } = await lethe();
    const questions: string[] = [];
    let answer = false;
    const dialogs: Dialogs = {
      confirm: async (question) => {
        questions.push(question);
        return answer;
      },
      saveAs: async () => file('runs/elsewhere.onnx'),
    };
    const { studio, jobs } = reopen(dialogs);
    studio.open(model);
    await shownWhere(studio, model, ({ outcome }) => isSameCandidate(outcome.candidate, other));
    const bytes = readFileSync(output.fsPath);
    await studio.handle(model, { kind: 'save', as: false });
    assert.deepEqual(questions, ['Replace shapes.forget-checker.onnx?']);
    assert.ok(bytes.equals(readFileSync(output.fsPath)));

    answer = true;
    await studio.handle(model, { kind: 'save', as: false });
    assert.equal(questions.length, 2);
    assert.ok(!bytes.equals(readFileSync(output.fsPath)));
    const saved = await shownWhere(studio, model, ({ folder }) => folder !== first.folder);
    assert.deepEqual(saved.saved, { id: other.id, recipe: other.recipe });
    assert.deepEqual(saved.outcome.candidate, saved.saved);

    await studio.handle(model, { kind: 'save', as: true });
    assert.equal(questions.length, 2);
    assert.ok(statSync(file('runs/elsewhere.onnx').fsPath).size > 0);
    const elsewhere = await shownWhere(studio, model, ({ folder }) => folder !== saved.folder);
    assert.equal(elsewhere.output?.path, file('runs/elsewhere.onnx').fsPath);
    studio.dispose();
    jobs.dispose();
  });

  it('has a report, with pictures of what was forgotten only if the user says so twice', async () => {
    const { reopen } = await lethe();
    const questions: string[] = [];
    const dialogs: Dialogs = {
      confirm: async (question) => {
        questions.push(question);
        return false;
      },
      saveAs: async () => undefined,
    };
    const { studio, jobs } = reopen(dialogs);
    studio.open(model);
    const shown = await shownWhere(studio, model);
    const report = path.join(shown.folder!, 'report.html');
    rmSync(report);
    await studio.handle(model, { kind: 'report', forgottenPictures: true });
    assert.deepEqual(questions, ['Include pictures of Checker?']);
    assert.ok(!existsSync(report));
    await studio.handle(model, { kind: 'report', forgottenPictures: false });
    assert.match(readFileSync(report, 'utf8'), /<html[\s\S]*Checker/);
    assert.equal(questions.length, 1);
    await until('the tab', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label.startsWith('Report: '));
    studio.dispose();
    jobs.dispose();
  });

  it('can be compared with another one, and a new window still does', async () => {
    const { services, studio, reopen } = await lethe();
    await vscode.commands.executeCommand('lethe.openStudio', model);
    await services.models.refresh();
    const runs = await until('three runs', () => {
      const list = studio.snapshot(model).runs;
      return list.length === 3 && list;
    });
    await studio.handle(model, { kind: 'show', run: first.folder! });
    await shownWhere(studio, model, ({ folder }) => folder === first.folder);
    assert.deepEqual(studio.snapshot(model).shown?.outcome.candidate, first.saved);
    await studio.handle(model, { kind: 'compare', run: runs[0].folder });
    const compared = await until('the other run', () => studio.snapshot(model).compared);
    assert.equal(compared.folder, runs[0].folder);

    const next = reopen();
    next.studio.open(model);
    await shownWhere(next.studio, model, ({ folder }) => folder === first.folder);
    assert.deepEqual(await until('the other run again', () => next.studio.snapshot(model).compared), compared);
    for (const part of Object.values(next)) part.dispose();

    // A model that another run has replaced since is no more this run's to replace without asking.
    const questions: string[] = [];
    const confirm = async (question: string) => questions.push(question) < 0;
    const saving = reopen({ confirm, saveAs: async () => undefined });
    saving.studio.open(model);
    await shownWhere(saving.studio, model, ({ folder }) => folder === first.folder);
    const bytes = readFileSync(output.fsPath);
    await saving.studio.handle(model, { kind: 'save', as: false });
    assert.deepEqual(questions, ['shapes.forget-checker.onnx exists already. Replace it?']);
    assert.ok(bytes.equals(readFileSync(output.fsPath)));
    for (const part of Object.values(saving)) part.dispose();

    await studio.handle(model, { kind: 'compare', run: '/etc' });
    assert.equal(studio.snapshot(model).compared, compared);
    await studio.handle(model, { kind: 'compare', run: null });
    assert.equal(studio.snapshot(model).compared, null);
  });

  it('stays away when another one was chosen after its candidate', async () => {
    const { studio } = await lethe();
    const [latest] = studio.snapshot(model).runs;
    await shownWhere(studio, model, ({ folder }) => folder === first.folder);
    const choosing = studio.handle(model, { kind: 'choose', candidate: other.id });
    await studio.handle(model, { kind: 'show', run: latest.folder });
    await choosing;
    await shownWhere(studio, model, ({ folder }) => folder === latest.folder);
    await sleep(300);
    assert.equal(studio.snapshot(model).shown?.folder, latest.folder);
    await studio.handle(model, { kind: 'show', run: first.folder! });
    await shownWhere(studio, model, ({ folder }) => folder === first.folder);
  });

  it('answers questions in the Studio of its output before there is a list of runs', async () => {
    const { services, reopen } = await lethe();
    const run = await until('the latest run', async () => (await services.runs.all())[0]);
    const made = vscode.Uri.file(run.output);
    const before = reopen();
    before.studio.open(made);
    await until('it', () => before.studio.snapshot(made).runs.length > 0);
    await before.studio.handle(made, { kind: 'show', run: run.folder });
    await shownWhere(before.studio, made, ({ folder }) => folder === run.folder);
    for (const part of Object.values(before)) part.dispose();
    const next = reopen();
    const list = services.runs.all;
    services.runs.all = async () => {
      await sleep(500);
      return list.call(services.runs);
    };
    try {
      next.studio.open(made);
      await shownWhere(next.studio, made);
      assert.equal(next.studio.snapshot(made).runs.length, 0);
      const sample = { class: CHECKER, nth: 0 };
      assert.ok(answerOf<SaliencyResult>(await ask(next.studio, made, 'saliency', { sample })).after);
    } finally {
      services.runs.all = list;
      for (const part of Object.values(next)) part.dispose();
    }
  });

  it('disappears when its record is deleted, and the latest is shown', async () => {
    const { services, studio, reopen } = await lethe();
    const { runs } = studio.snapshot(model);
    const closed = reopen();
    closed.studio.open(model);
    await until('the list', () => closed.studio.snapshot(model).runs.length === 3);
    closed.studio.close(model);
    rmSync(first.folder!, { recursive: true });
    await services.models.refresh();
    await until('it to be gone', () => studio.snapshot(model).runs.length === 2);
    await shownWhere(studio, model, ({ folder }) => folder === runs[0].folder);
    // A Studio that was closed meanwhile does not take its old list for what there is.
    await sleep(1000);
    closed.studio.open(model);
    await until('the new list', () => closed.studio.snapshot(model).runs.length === 2);
    for (const part of Object.values(closed)) part.dispose();
  });
});

describe('A run that the end of the window broke off', () => {
  const model = file('interrupted/shapes.onnx');
  after(tidyUp);

  it('is found again with what it had found, also after another run was looked at', async () => {
    const { services, reopen } = await lethe();
    const pair = { alphaR: [100], alphaF: [10] };
    const recorded = await services.jobs.unlearn(model.fsPath, { model: model.fsPath, forget: ['Checker'], ...pair });
    const many = Array.from({ length: 60 }, (_, at) => at + 1);
    const limits = [{ class: 'Checker', index: CHECKER, reason: null, maxAccuracy: 0.01 }];
    const outcome = services.jobs
      .unlearn(
        model.fsPath,
        { model: model.fsPath, forget: ['Checker'], alphaR: many, alphaF: many, force: true },
        undefined,
        limits,
      )
      .catch(() => {});
    await jobWhere(model, ({ progress }) => progress?.phase === 'search');
    const running = await until('a part', () => {
      const run = services.jobs.unfinished(model.fsPath);
      return run?.outcome.before && run;
    });
    // It is on the disk a second later.
    await sleep(1500);
    const next = reopen();
    next.studio.open(model);
    await until('it', () => next.studio.snapshot(model).brokenOff);
    const found = next.studio.snapshot(model).shown!;
    assert.equal(found.state, 'interrupted');
    assert.deepEqual(found.outcome.before, running.outcome.before);
    assert.deepEqual(found.settings?.alphaR, many);
    assert.deepEqual(found.limits, limits);
    assert.equal(next.studio.snapshot(model).run, null);

    await until('the list', () => next.studio.snapshot(model).runs.length > 0);
    await next.studio.handle(model, { kind: 'show', run: recorded.run });
    await shownWhere(next.studio, model, ({ folder }) => folder === recorded.run);
    const brokenOff = { forget: ['Checker'], created: found.created };
    assert.deepEqual(next.studio.snapshot(model).brokenOff, brokenOff);
    const afterReload = reopen();
    afterReload.studio.open(model);
    await until('it', () => afterReload.studio.snapshot(model).brokenOff);
    await shownWhere(afterReload.studio, model, ({ folder }) => folder === recorded.run);
    await afterReload.studio.handle(model, { kind: 'show', run: null });
    assert.deepEqual(afterReload.studio.snapshot(model).shown?.outcome.before, running.outcome.before);

    services.jobs.cancel(model.fsPath);
    await outcome;
    for (const { studio, jobs } of [next, afterReload]) {
      studio.dispose();
      jobs.dispose();
    }
    // One that was cancelled is not found.
    await sleep(500);
    const last = reopen();
    last.studio.open(model);
    await shownWhere(last.studio, model, ({ folder }) => folder === recorded.run);
    assert.equal(last.studio.snapshot(model).brokenOff, null);
    last.studio.dispose();
    last.jobs.dispose();
  });
});

describe('What runs a model', () => {
  after(tidyUp);

  it('is ONNX Runtime, or TensorFlow.js as it is set, which the Studio can change', async () => {
    const { services, studio } = await lethe();
    const [onnx, tfjs] = [file('fashion.onnx'), file('tfjs/shapes/model.json')];
    await Promise.all([onnx, tfjs].map((model) => services.models.describe(model)));
    assert.deepEqual(studio.snapshot(onnx).backend, { title: 'ONNX Runtime, CPU', choice: null });
    assert.deepEqual(studio.snapshot(tfjs).backend, { title: 'TensorFlow.js', choice: 'auto' });
    await studio.handle(tfjs, { kind: 'setBackend', backend: 'wasm' });
    assert.equal(studio.snapshot(tfjs).backend.choice, 'wasm');
    await studio.handle(tfjs, { kind: 'setBackend', backend: 'cuda' as never });
    assert.equal(studio.snapshot(tfjs).backend.choice, 'wasm');
    const section = vscode.workspace.getConfiguration('lethe.tensorflow');
    await section.update('backend', undefined, vscode.ConfigurationTarget.Global);
  });

  it('runs with what the settings say, where nothing else is asked for', async () => {
    const { studio } = await lethe();
    const { defaults } = studio.snapshot(file('fashion.onnx'));
    assert.deepEqual(defaults, {
      ...{ method: 'refit', tolerance: 0.01, depth: null, alphaR: null, alphaF: null },
      ...{ samples: 150, forgetSamples: 1350, heldOut: 1 / 3, maxPatches: 2000 },
      ...{ layers: null, seed: 1, memory: 2 * 2 ** 30 },
    });
  });
});
