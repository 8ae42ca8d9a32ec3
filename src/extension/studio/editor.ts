import * as vscode from 'vscode';
import { modelName } from '../../contract/names.js';
import type { FromStudio, ToStudio } from '../../contract/studio.js';
import { SnapshotFeed } from './feed.js';
import type { StudioHost } from './host.js';
import { studioHtml } from './html.js';

/** The view type for formats that only models have, where the Studio is the default editor. */
export const STUDIO = 'lethe.studio';
/** The view type for files that may be something else, where it is an option. */
export const STUDIO_OPTION = 'lethe.studioOption';

/** Shows models in the Studio. It keeps nothing: a Studio that is hidden is dropped, and asks the host again when it is shown. */
class StudioEditorProvider implements vscode.CustomReadonlyEditorProvider {
  readonly #extensionUri: vscode.Uri;
  readonly #host: StudioHost;
  /** How many Studios show a model. */
  readonly #shown = new Map<string, number>();

  constructor(extensionUri: vscode.Uri, host: StudioHost) {
    this.#extensionUri = extensionUri;
    this.#host = host;
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    // An old version in a repository has no file that could be read.
    if (uri.scheme !== 'file') throw new Error(`Lethe opens files on a disk only, not ${uri.scheme}: documents.`);
    return { uri, dispose: () => {} };
  }

  resolveCustomEditor({ uri: model }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const send = (message: ToStudio) => void webview.postMessage(message);
    const feed = new SnapshotFeed(() => this.#host.snapshot(model), send);
    const questions = this.#host.questions(model, send);
    // The facts are looked up while the page loads; again when it was dropped and comes back.
    this.#host.open(model);
    let isFirst = true;
    const listeners = [
      webview.onDidReceiveMessage((message: FromStudio) => {
        if (message.kind === 'ask') return questions.ask(message.id, message.name, message.question);
        if (message.kind === 'dropQuestion') return questions.drop(message.id);
        if (message.kind !== 'ready') return this.#host.handle(model, message);
        if (!isFirst) this.#host.open(model);
        isFirst = false;
        feed.start();
      }),
      this.#host.onDidChange((changed) => {
        if (!changed || changed.toString() === model.toString()) feed.changed();
      }),
      panel.onDidChangeViewState(() => {
        if (panel.visible) return;
        feed.stop();
        questions.dropAll();
      }),
    ];
    const key = model.toString();
    this.#shown.set(key, (this.#shown.get(key) ?? 0) + 1);
    panel.onDidDispose(() => {
      const others = this.#shown.get(key)! - 1;
      this.#shown.set(key, others);
      if (others === 0) this.#host.close(model);
      feed.stop();
      questions.dropAll();
      vscode.Disposable.from(...listeners).dispose();
    });
    webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.#extensionUri, 'dist', 'webview')],
    };
    webview.html = studioHtml(webview, this.#extensionUri, modelName(model.path));
  }
}

/** Makes the Studio the editor of model files. */
export function registerStudio(extensionUri: vscode.Uri, host: StudioHost): vscode.Disposable {
  const provider = new StudioEditorProvider(extensionUri, host);
  const options = { supportsMultipleEditorsPerDocument: true };
  return vscode.Disposable.from(
    ...[STUDIO, STUDIO_OPTION].map((type) => vscode.window.registerCustomEditorProvider(type, provider, options)),
  );
}
