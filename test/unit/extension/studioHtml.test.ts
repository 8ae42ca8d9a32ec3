import { expect, test } from 'vitest';
import type * as vscode from 'vscode';
import { studioHtml } from '../../../src/extension/studio/html.js';

function page(title: string): string {
  const uri = (path: string): vscode.Uri =>
    ({
      path,
      with: (change: { path: string }) => uri(change.path),
      toString: () => `https://cdn.test${path}`,
    }) as never;
  const webview = { cspSource: 'https://cdn.test', asWebviewUri: (resource: vscode.Uri) => resource };
  return studioHtml(webview, uri('/ext'), title);
}

test('allows scripts by nonce alone, and nothing from elsewhere', () => {
  const html = page('model.onnx');
  const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(html)!;
  const [, nonce] = /<script type="module" nonce="([^"]+)"/.exec(html)!;
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src https://cdn.test 'unsafe-inline'",
    'img-src https://cdn.test data:',
    'font-src https://cdn.test',
  ]);
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
  expect(page('model.onnx')).not.toContain(nonce);
});

test('takes everything from the folder of the bundle', () => {
  const addresses = [...page('model.onnx').matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address);
  expect(addresses).toEqual(
    ['codicon.css', 'studio.css', 'studio.js'].map((name) => `https://cdn.test/ext/dist/webview/${name}`),
  );
});

test('shows a name as text', () => {
  const html = page('<img src=x onerror="a()">&.onnx');
  expect(html).toContain('<h1>&lt;img src=x onerror=&quot;a()&quot;&gt;&amp;.onnx</h1>');
  expect(html).not.toContain('<img');
});
