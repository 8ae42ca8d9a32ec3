import * as vscode from 'vscode';
import type { EnvironmentResult } from '../../contract/models.js';
import { installCommand, installPackage, npmVersion } from './npm.js';
import { NATIVE_PACKAGES, type NativeKind, thisSystem, whyUnsupported } from './platforms.js';
import type { EnvironmentServices } from './services.js';

interface Action {
  readonly title: string;
  readonly run: () => unknown;
}

const TITLE = 'Install TensorFlow';

/**
 * Installs a native TensorFlow.js into the extension's storage with the user's own npm, and checks that it starts. All that can
 * go wrong on the way is told with what to do about it.
 * @param kind answers the question which package beforehand
 */
export async function installTensorFlow(services: EnvironmentServices, kind?: NativeKind): Promise<void> {
  const chosen = kind ?? (await askForKind());
  if (!chosen) return;
  const { name } = NATIVE_PACKAGES[chosen];
  const unsupported = whyUnsupported(chosen, thisSystem());
  if (unsupported) {
    return failed(
      `${unsupported}. Models in TensorFlow.js formats run on WebAssembly here; ONNX models are not concerned.`,
    );
  }

  const folder = services.engine.storage;
  const copy = {
    title: 'Copy command',
    run: () => vscode.env.clipboard.writeText(installCommand(chosen, folder)),
  };
  const npm = await npmVersion();
  if (npm === undefined) {
    const node = { title: 'Get Node.js', run: () => vscode.env.openExternal(vscode.Uri.parse('https://nodejs.org')) };
    return failed(
      `npm is not on the PATH of the editor. Install Node.js and start the editor again, or run the command yourself in a terminal that has npm.`,
      node,
      copy,
    );
  }

  services.log.info(`installing ${name} into ${folder} with npm ${npm}`);
  const code = await installPackage(chosen, folder);
  const log = { title: 'Show log', run: () => services.log.show() };
  if (code !== 0) {
    services.log.info(`npm ended with exit code ${code ?? 'unknown'}`);
    return failed(
      `npm could not install ${name} (${code === undefined ? 'it was stopped' : `exit code ${code}`}): its terminal says why. The package downloads TensorFlow from storage.googleapis.com, which must be reachable.`,
      { title: 'Show terminal', run: () => vscode.commands.executeCommand('workbench.action.terminal.focus') },
      copy,
    );
  }
  if (services.jobs.active.length > 0) {
    const text = `${name} is installed. A job is running, so the engine goes on with what it has until it is started anew.`;
    const restart = { title: 'Restart now', run: () => vscode.commands.executeCommand('lethe.restartEngine') };
    return offer(vscode.window.showInformationMessage, text, restart);
  }
  await tellOutcome(name, await check(services), log);
}

async function askForKind(): Promise<NativeKind | undefined> {
  const system = thisSystem();
  const item = (native: NativeKind, label: string, needs: string) => ({
    native,
    label,
    description: NATIVE_PACKAGES[native].name,
    detail: whyUnsupported(native, system) ?? needs,
  });
  const chosen = await vscode.window.showQuickPick(
    [
      item('gpu', 'GPU', 'Needs an NVIDIA GPU with its driver, CUDA 11 and cuDNN 8.'),
      item('cpu', 'CPU', 'Uses all cores, where WebAssembly uses one.'),
    ],
    {
      title: TITLE,
      placeHolder: 'Which TensorFlow, for models in TensorFlow.js formats? Your own npm installs it.',
    },
  );
  return chosen?.native;
}

/** Starts the engine anew, which looks for the package again, and has it started there. */
async function check(services: EnvironmentServices): Promise<EnvironmentResult['tensorflow']> {
  const options = { location: vscode.ProgressLocation.Notification, title: 'Lethe: starting TensorFlow' };
  return vscode.window.withProgress(options, async () => {
    await services.engine.restart();
    return (await services.engine.run('environment', { startTensorFlow: true })).tensorflow;
  });
}

async function tellOutcome(name: string, facts: EnvironmentResult['tensorflow'], log: Action): Promise<void> {
  const show = { title: 'Show environment', run: () => vscode.commands.executeCommand('lethe.showEnvironment') };
  if (facts.running === 'tensorflow') {
    await offer(
      vscode.window.showInformationMessage,
      `Models in TensorFlow.js formats now run on native TensorFlow (${facts.package}).`,
      show,
    );
  } else if (facts.wanted === 'wasm') {
    const use = {
      title: 'Use it',
      run: () =>
        vscode.workspace
          .getConfiguration('lethe')
          .update('tensorflow.backend', 'auto', vscode.ConfigurationTarget.Global),
    };
    const text = `${name} is installed, but the setting "lethe.tensorflow.backend" asks for WebAssembly.`;
    await offer(vscode.window.showWarningMessage, text, use);
  } else {
    const problem = facts.problem ?? 'the engine did not find it';
    await failed(`${name} is installed, but does not run: ${problem}.`, show, log);
  }
}

async function failed(text: string, ...actions: readonly Action[]): Promise<void> {
  await offer(vscode.window.showErrorMessage, `${TITLE}: ${text}`, ...actions);
}

async function offer(
  show: (text: string, ...titles: string[]) => Thenable<string | undefined>,
  text: string,
  ...actions: readonly Action[]
): Promise<void> {
  const chosen = await show(text, ...actions.map(({ title }) => title));
  await actions.find(({ title }) => title === chosen)?.run();
}
