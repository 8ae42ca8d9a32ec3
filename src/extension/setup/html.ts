import { randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';

/** The page of the panel "What the network sees"; its script draws it. */
export function setupHtml(
  webview: Pick<vscode.Webview, 'asWebviewUri' | 'cspSource'>,
  extensionUri: vscode.Uri,
): string {
  const nonce = randomBytes(16).toString('base64');
  const uri = (name: string) =>
    webview.asWebviewUri(extensionUri.with({ path: `${extensionUri.path}/dist/webview/${name}` })).toString();
  const { cspSource } = webview;
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'unsafe-inline'`,
    `img-src ${cspSource} data:`,
    `font-src ${cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What the network sees</title>
<link rel="stylesheet" href="${uri('codicon.css')}">
<link rel="stylesheet" href="${uri('setup.css')}">
</head>
<body>
<div id="setup"></div>
<script type="module" nonce="${nonce}" src="${uri('setup.js')}"></script>
</body>
</html>`;
}
