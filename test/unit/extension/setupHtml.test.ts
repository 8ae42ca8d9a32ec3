import { describe, expect, it } from 'vitest';
import type * as vscode from 'vscode';
import { setupHtml } from '../../../src/extension/setup/html.js';

const ORIGIN = 'https://webview.test';
const uri = (path: string): vscode.Uri =>
  ({ path, with: (change: { path: string }) => uri(change.path), toString: () => ORIGIN + path }) as never;
const page = () => setupHtml({ cspSource: ORIGIN, asWebviewUri: (at) => at }, uri('/extension'));

describe('the page of the panel', () => {
  it('allows its own script by a nonce that is new each time, and nothing from elsewhere', () => {
    const [first, second] = [page(), page()];
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(first)![1];
    const nonce = /'nonce-([^']+)'/.exec(policy)![1];
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src ${ORIGIN} 'unsafe-inline'`,
      `img-src ${ORIGIN} data:`,
      `font-src ${ORIGIN}`,
    ]);
    expect([...first.matchAll(/<script [^>]*>/g)].map(([tag]) => tag)).toEqual([
      `<script type="module" nonce="${nonce}" src="${ORIGIN}/extension/dist/webview/setup.js">`,
    ]);
    expect(second).not.toContain(nonce);
  });
});
