import type * as vscode from 'vscode';
import { webviewPage } from '../webviewPage.js';

/** The page of the panel "What the network sees"; its script draws it. */
export function setupHtml(
  webview: Pick<vscode.Webview, 'asWebviewUri' | 'cspSource'>,
  extensionUri: vscode.Uri,
): string {
  const title = 'What the network sees';
  return webviewPage(webview, extensionUri, { title, bundle: 'setup', body: '<div id="setup"></div>' });
}
