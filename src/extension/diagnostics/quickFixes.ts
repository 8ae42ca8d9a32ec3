import * as vscode from 'vscode';
import type { FindingAction } from '../../contract/findings.js';
import { mainFilePatterns } from '../../contract/formats.js';
import { modelName } from '../../contract/names.js';
import { listText } from '../../contract/text.js';
import { FindingDiagnostic } from './publisher.js';

/** What each action is called where the user picks it. */
function actionTitle(action: FindingAction): string {
  switch (action.kind) {
    case 'evaluate':
      return `Evaluate ${modelName(action.model)} now`;
    case 'unlearn':
      return `Unlearn ${listText(action.classes)} from ${modelName(action.model)} now`;
    case 'open-report':
      return 'Open the report of the run';
    case 'choose-shard':
      return `Choose the file for ${action.location}`;
    case 'delete-model':
      return `Delete ${modelName(action.model)}`;
  }
}

/** The quick fixes of Lethe's findings in texts. */
const quickFixes: vscode.CodeActionProvider = {
  provideCodeActions(_document, _range, { diagnostics }) {
    return diagnostics.flatMap((diagnostic) => {
      if (!(diagnostic instanceof FindingDiagnostic)) return [];
      return diagnostic.finding.actions.map((action, at) => {
        const title = actionTitle(action);
        const fix = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
        fix.diagnostics = [diagnostic];
        fix.isPreferred = at === 0;
        fix.command = { command: 'lethe.runAction', title, arguments: [action] };
        return fix;
      });
    });
  },
};

export function registerQuickFixes(): vscode.Disposable {
  const names = ['lethe.json', ...mainFilePatterns(({ isText }) => isText)];
  const files = names.map((name) => ({ scheme: 'file', pattern: `**/${name}` }));
  return vscode.languages.registerCodeActionsProvider(files, quickFixes, {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
  });
}
