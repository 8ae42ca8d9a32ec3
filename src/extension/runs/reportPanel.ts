import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

/** The page is a document: no script, nothing from elsewhere. */
const POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`;

/** Opens the HTML report of a run in a tab: the same page that a browser would show, also on a remote machine. */
export async function openReportPanel(report: string): Promise<void> {
  const page = await readFile(report, 'utf8');
  const title = `Report: ${path.basename(path.dirname(report))}`;
  const panel = vscode.window.createWebviewPanel('lethe.report', title, vscode.ViewColumn.Active, {
    enableScripts: false,
    localResourceRoots: [],
  });
  // First of all, whatever the page says of itself: it is a file that anybody may have written.
  panel.webview.html = `<!doctype html><head>${POLICY}</head>${page.replace(/<!doctype[^>]*>/i, '')}`;
}
