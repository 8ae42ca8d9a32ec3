import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { LetheError } from '../../../src/base/errors.js';
import type { UnlearnRequest } from '../../../src/contract/run.js';
import type { RunState } from '../../../src/contract/studio.js';
import { engineProcesses } from '../support/engineProcesses.js';
import { file, isOver, isThere, jobWhere, lethe, tidyUp, until } from '../support/lethe.js';

/** More candidates than are tried in the time that a test takes to do something meanwhile. */
const MANY = Array.from({ length: 60 }, (_, at) => at + 1);

function long(model: vscode.Uri): UnlearnRequest {
  return { model: model.fsPath, forget: ['Checker'], alphaR: MANY, alphaF: MANY };
}

/** Begins a long run and waits until it tries candidates; `outcome` is its error, or none. */
async function begin(model: vscode.Uri): Promise<{ outcome: Promise<unknown> }> {
  const { services } = await lethe();
  const outcome = services.jobs.unlearn(model.fsPath, long(model)).then(
    () => undefined,
    (error: unknown) => error,
  );
  await jobWhere(model, (state) => state.progress?.phase === 'search' || isOver(state));
  assert.equal(services.jobs.latest(model.fsPath)!.status, 'running');
  return { outcome };
}

async function runs(model: vscode.Uri): Promise<RunState> {
  const { services } = await lethe();
  await services.jobs.unlearn(model.fsPath, { model: model.fsPath, forget: ['Checker'] });
  return services.jobs.latest(model.fsPath)!;
}

function everything(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).sort();
}

describe('A job that is cancelled', () => {
  const model = file('cancelled/shapes.onnx');
  after(tidyUp);

  it('ends as cancelled, and leaves nothing behind', async () => {
    const { services } = await lethe();
    const before = everything(path.dirname(model.fsPath));
    const { outcome } = await begin(model);
    await vscode.commands.executeCommand('lethe.cancel', model);
    assert.equal(services.jobs.latest(model.fsPath)!.status, 'cancelling');
    const error = await outcome;
    assert.ok(error instanceof Error && (error as LetheError).code === 'cancelled', String(error));
    assert.equal(services.jobs.latest(model.fsPath)!.status, 'cancelled');
    assert.deepEqual(services.jobs.active, []);
    assert.deepEqual(everything(path.dirname(model.fsPath)), before);
  });

  it('is no reason why the next one should fail', async () => {
    assert.equal((await runs(model)).status, 'done');
  });
});

describe('A second job', () => {
  const [first, second] = [file('queue/first/shapes.onnx'), file('queue/second/shapes.onnx')];
  after(tidyUp);

  it('waits for the first one, then runs', async () => {
    const { services } = await lethe();
    const { outcome } = await begin(first);
    const next = services.jobs.unlearn(second.fsPath, { model: second.fsPath, forget: ['Slope'] });
    const { status } = await jobWhere(second, ({ position }) => position === 1);
    assert.equal(status, 'queued');
    assert.deepEqual(
      services.jobs.active.map((state) => state.model),
      [first.fsPath, second.fsPath],
    );
    services.jobs.cancel(first.fsPath);
    await outcome;
    await next;
    assert.equal(services.jobs.latest(second.fsPath)!.status, 'done');
    assert.ok(await isThere(file('queue/second/shapes.forget-slope.onnx')));
  });

  it('can be cancelled while it waits, without harm to the first', async () => {
    const { services } = await lethe();
    const { outcome } = await begin(first);
    const next = services.jobs.unlearn(second.fsPath, { ...long(second), force: true });
    services.jobs.cancel(second.fsPath);
    await assert.rejects(next, { code: 'cancelled' });
    assert.equal(services.jobs.latest(first.fsPath)!.status, 'running');
    services.jobs.cancel();
    await outcome;
  });

  it('waits for other long work of the engine too, and says so', async () => {
    const { services } = await lethe();
    const estimates = [1, 2].map(() =>
      services.engine.run('estimate', { model: second.fsPath, forget: ['Slope'], force: true }),
    );
    const next = services.jobs.unlearn(first.fsPath, { model: first.fsPath, forget: ['Slope'] });
    const waiting = await jobWhere(first, ({ status, position }) => status === 'queued' && position > 0);
    assert.match(waiting.step, /^Waiting for (another job|2 jobs)$/);
    assert.equal(waiting.started, null);
    await Promise.all(estimates);
    await next;
    assert.equal(services.jobs.latest(first.fsPath)!.status, 'done');
  });

  it('on the same model is refused', async () => {
    const { services } = await lethe();
    const { outcome } = await begin(first);
    await assert.rejects(services.jobs.evaluate(first.fsPath, { model: first.fsPath }), { code: 'usage' });
    services.jobs.cancel();
    await outcome;
  });
});

describe('An engine that dies', () => {
  const model = file('crashed/shapes.onnx');
  after(tidyUp);

  it('fails its job with a message, leaves nothing behind, and the next job runs in a new one', async function () {
    if (process.platform === 'win32') this.skip();
    const { services } = await lethe();
    const folder = path.dirname(model.fsPath);
    const before = everything(folder);
    const { outcome } = await begin(model);
    const engines = await engineProcesses();
    assert.ok(engines.length > 0, 'no engine process was found');
    for (const id of engines) process.kill(id, 'SIGKILL');
    const error = (await outcome) as LetheError;
    assert.equal(error.code, 'engine-crashed', String(error));
    const { status, error: told } = services.jobs.latest(model.fsPath)!;
    assert.equal(status, 'failed');
    assert.equal(told?.code, 'engine-crashed');
    assert.ok(told!.message.length > 0 && told!.hint);
    assert.deepEqual(everything(folder), before);
    // What it had found is still shown, until a run has an end.
    assert.equal(services.jobs.unfinished(model.fsPath)?.state, 'interrupted');
    assert.deepEqual(services.jobs.unfinished(model.fsPath)?.outcome.forget, ['Checker']);

    assert.equal((await runs(model)).status, 'done');
    assert.equal(services.jobs.unfinished(model.fsPath), undefined);
    const later = await engineProcesses();
    assert.ok(later.length > 0 && later.every((id) => !engines.includes(id)));
  });

  it('by command starts anew for the next job', async function () {
    if (process.platform === 'win32') this.skip();
    await vscode.commands.executeCommand('lethe.restartEngine');
    await until('the engines to be gone', async () => (await engineProcesses()).length === 0);
    const { services } = await lethe();
    const { classCount } = await services.engine.run('inspect', { model: model.fsPath });
    assert.equal(classCount, 5);
  });
});

describe('A tab that is closed while its job runs', () => {
  const model = file('reopened/shapes.onnx');
  after(tidyUp);

  it('finds the job again when it is opened, and then its result', async () => {
    const { services, studio } = await lethe();
    await vscode.commands.executeCommand('lethe.openStudio', model);
    const { outcome } = await begin(model);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('lethe.openStudio', model);
    assert.equal(studio.snapshot(model).run?.status, 'running');
    assert.deepEqual(studio.snapshot(model).run?.classes, ['Checker']);
    services.jobs.cancel(model.fsPath);
    await outcome;
    await runs(model);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('lethe.openStudio', model);
    assert.equal(studio.snapshot(model).run?.status, 'done');
    const shown = await until('the record', () => {
      const { shown: run } = studio.snapshot(model);
      return run?.state === 'recorded' && run;
    });
    assert.equal(shown.output?.path, file('reopened/shapes.forget-checker.onnx').fsPath);
  });
});
