import type * as vscode from 'vscode';
import { escapeText, webviewPage } from '../webviewPage.js';

/**
 * The Studio's page. It shows the model's name and where things will be at once; the script takes it from there.
 * @param title the model's name.
 */
export function studioHtml(
  webview: Pick<vscode.Webview, 'asWebviewUri' | 'cspSource'>,
  extensionUri: vscode.Uri,
  title: string,
): string {
  const body = `<div id="studio">
<main aria-busy="true">
<header><div class="title"><h1>${escapeText(title)}</h1></div><p class="detail">Reading the model…</p></header>
<div class="columns"><div class="choose"><div class="skeleton tall"></div></div><div class="see"><div class="skeleton"></div></div></div>
</main>
</div>`;
  return webviewPage(webview, extensionUri, { title, bundle: 'studio', body });
}
