import * as vscode from 'vscode';
import type { ErrorReport } from '../../contract/terms.js';
import { reportOf } from '../../project/errorReport.js';
import type { Services } from '../services.js';
import { plainText } from '../text.js';

/** Shows what went wrong and what to do about it. A cancelled job is no error. */
export async function showFailure(title: string, error: unknown, services: Services): Promise<void> {
  const report = reportOf(error);
  if (report.code === 'cancelled') return;
  services.log.error(title, error);
  const text = `${plainText(title)}: ${failureText(report)}`;
  const actions = [...offers(report.code, report.file), { title: 'Show log', run: async () => services.log.show() }];
  const chosen = await vscode.window.showErrorMessage(text, ...actions.map((action) => action.title));
  await actions.find((action) => action.title === chosen)?.run();
}

/** What is wrong, where, and what to do, as sentences. */
export function failureText({ message, file, place, hint }: ErrorReport): string {
  const where = [file && vscode.workspace.asRelativePath(file), place].filter(Boolean).join(', ');
  return plainText([`${message}${where ? ` (${where})` : ''}.`, hint].filter(Boolean).join(' '));
}

interface Offer {
  readonly title: string;
  readonly run: () => Promise<unknown>;
}

/** What can be done about an error at the press of a button. */
function offers(code: string, file: string | undefined): readonly Offer[] {
  if (code === 'path-outside' && file?.endsWith('lethe.json')) {
    return [
      {
        title: 'Allow for this workspace',
        run: async () =>
          vscode.workspace
            .getConfiguration('lethe', vscode.Uri.file(file))
            .update('data.allowOutside', true, vscode.ConfigurationTarget.Workspace),
      },
    ];
  }
  if (code === 'config-invalid' && file) {
    return [{ title: 'Open file', run: async () => vscode.window.showTextDocument(vscode.Uri.file(file)) }];
  }
  if (code === 'engine-unavailable' || code === 'backend-unavailable') {
    return [{ title: 'Show environment', run: async () => vscode.commands.executeCommand('lethe.showEnvironment') }];
  }
  return [];
}
