import { randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';

/**
 * The Studio's page. It shows the model's name and where things will be at once; the script takes it from there.
 * @param title the model's file name.
 */
export function studioHtml(
  webview: Pick<vscode.Webview, 'asWebviewUri' | 'cspSource'>,
  extensionUri: vscode.Uri,
  title: string,
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
<title>${escapeText(title)}</title>
<link rel="stylesheet" href="${uri('codicon.css')}">
<link rel="stylesheet" href="${uri('studio.css')}">
</head>
<body>
<div id="studio">
<main aria-busy="true">
<header><div class="title"><h1>${escapeText(title)}</h1></div><p class="detail">Reading the model…</p></header>
<div class="columns"><div class="choose"><div class="skeleton tall"></div></div><div class="see"><div class="skeleton"></div></div></div>
</main>
</div>
<script type="module" nonce="${nonce}" src="${uri('studio.js')}"></script>
</body>
</html>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]);
}
