import { randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';

/** What one of our pages is made of. */
export interface PageParts {
  readonly title: string;
  /** Name of its script and style sheet in `dist/webview`. */
  readonly bundle: string;
  /** HTML that shows until the script draws. */
  readonly body: string;
}

/**
 * A page of a webview: it runs our one script, and loads nothing but our files and images that are data.
 * The styles are not by nonce, as plots add style elements of their own.
 */
export function webviewPage(
  webview: Pick<vscode.Webview, 'asWebviewUri' | 'cspSource'>,
  extensionUri: vscode.Uri,
  { title, bundle, body }: PageParts,
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
<link rel="stylesheet" href="${uri(`${bundle}.css`)}">
</head>
<body>
${body}
<script type="module" nonce="${nonce}" src="${uri(`${bundle}.js`)}"></script>
</body>
</html>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]);
}
