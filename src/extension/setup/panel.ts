import * as vscode from 'vscode';
import type { CheckSetupResult, FromSetup, SetupView, ToSetup } from '../../contract/setup.js';
import { setupHtml } from './html.js';

/** What the user wants; nothing if the panel was closed. */
export type SetupAction = Exclude<FromSetup, { readonly kind: 'ready' }> | undefined;

/** The panel "What the network sees". It keeps what it shows, for the page is made anew whenever its tab comes to the front. */
export class SetupPanel {
  readonly #panel: vscode.WebviewPanel;
  #view: SetupView | undefined;
  #waiting: ((action: SetupAction) => void) | undefined;
  #closed = false;

  constructor(extensionUri: vscode.Uri) {
    const files = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    this.#panel = vscode.window.createWebviewPanel('lethe.setup', 'What the network sees', vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [files],
    });
    this.#panel.webview.onDidReceiveMessage((message: FromSetup) => this.#receive(message));
    this.#panel.onDidDispose(() => {
      this.#closed = true;
      this.#answer(undefined);
    });
    this.#panel.webview.html = setupHtml(this.#panel.webview, extensionUri);
  }

  get closed(): boolean {
    return this.#closed;
  }

  show(view: SetupView): void {
    this.#view = view;
    this.#send();
  }

  /** Says what is being done; null when the user is to choose again. */
  busy(text: string | null): void {
    if (this.#view) this.show({ ...this.#view, busy: text });
  }

  /** Waits until the user presses one of the buttons or closes the panel. */
  async action(): Promise<SetupAction> {
    if (this.#closed) return undefined;
    this.#panel.reveal();
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  dispose(): void {
    if (!this.#closed) this.#panel.dispose();
  }

  #receive(message: FromSetup): void {
    if (message.kind === 'ready') this.#send();
    else this.#answer(message);
  }

  #answer(action: SetupAction): void {
    const resolve = this.#waiting;
    this.#waiting = undefined;
    resolve?.(action);
  }

  #send(): void {
    if (!this.#view || this.#closed) return;
    const message: ToSetup = { kind: 'show', view: this.#view };
    void this.#panel.webview.postMessage(message);
  }
}

/** The outcome as the page takes it: pictures as addresses. */
export function viewOf(model: string, settings: readonly string[], result: CheckSetupResult): SetupView {
  const previews = result.previews.map((preview) => ({
    ...preview,
    image: `data:image/png;base64,${Buffer.from(preview.image).toString('base64')}`,
  }));
  return { model, settings, result: { ...result, previews }, busy: null };
}
