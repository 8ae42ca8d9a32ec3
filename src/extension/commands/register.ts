import * as vscode from 'vscode';
import type { FindingAction } from '../../contract/findings.js';
import type { RunSummary } from '../../contract/run.js';
import type { Diagnostics } from '../diagnostics/publisher.js';
import { installTensorFlow } from '../environment/install.js';
import { showEnvironment } from '../environment/show.js';
import { runAction } from '../flows/actions.js';
import { openDemoWorkspace } from '../flows/demo.js';
import { diagnose } from '../flows/diagnose.js';
import { evaluate } from '../flows/evaluate.js';
import { showFailure } from '../flows/failure.js';
import { deleteModel, openStudio, selectModel } from '../flows/models.js';
import { deleteRun, openReport, openReportInBrowser, openRunOutput, openRunRecord } from '../flows/runs.js';
import { setUp } from '../flows/setUp.js';
import { unlearnClasses, unlearnTicked } from '../flows/unlearn.js';
import type { Services } from '../services.js';

/** Every command that package.json names, and the two that only views call. */
export function registerCommands(services: Services, diagnostics: Diagnostics): vscode.Disposable {
  const { context, engine, jobs, log, models } = services;
  // biome-ignore lint/suspicious/noExplicitAny: what a command is handed depends on where it was called.
  const commands: Readonly<Record<string, (argument?: any) => unknown>> = {
    'lethe.unlearnClasses': (argument) => unlearnClasses(argument, services),
    'lethe.unlearnTicked': (argument) => unlearnTicked(argument, services),
    'lethe.openStudio': (argument) => openStudio(argument, services),
    'lethe.selectModel': (model) => selectModel(model, services),
    'lethe.evaluate': (argument) => evaluate(argument, services),
    'lethe.diagnose': (argument) => diagnose(argument, diagnostics),
    'lethe.setUp': (argument) => setUp(argument, services),
    'lethe.cancel': (argument) => jobs.cancel(argument instanceof vscode.Uri ? argument.fsPath : undefined),
    'lethe.refresh': () => models.refresh(),
    'lethe.runAction': (action: FindingAction) => runAction(action, services),
    'lethe.openDemo': (options) =>
      openDemoWorkspace(context, options).catch((error) => showFailure('Open Demo Workspace', error, services)),
    'lethe.showEnvironment': () => showEnvironment(),
    'lethe.installTensorFlow': () =>
      installTensorFlow(services).catch((error) => showFailure('Install TensorFlow', error, services)),
    'lethe.showLog': () => log.show(),
    'lethe.restartEngine': () => engine.restart(),
    'lethe.openReport': (run: RunSummary | string) => openReport(run, services),
    'lethe.openReportInBrowser': (run: RunSummary) => openReportInBrowser(run),
    'lethe.openRunRecord': (run: RunSummary) => openRunRecord(run),
    'lethe.openRunOutput': (run: RunSummary) => openRunOutput(run),
    'lethe.deleteRun': (run: RunSummary) => deleteRun(run, services),
    'lethe.deleteModel': (argument) => deleteModel(argument, services),
    'lethe.revealModel': ({ uri }: { readonly uri: vscode.Uri }) =>
      vscode.commands.executeCommand('revealInExplorer', uri),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
  );
}
