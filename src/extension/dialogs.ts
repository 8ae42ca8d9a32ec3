import * as vscode from 'vscode';

/** What the Studio asks its user in boxes of the editor. */
export interface Dialogs {
  /** A question that has to be answered before anything else goes on. @returns whether the action is wanted. */
  confirm(question: string, detail: string, action: string): Promise<boolean>;
  /** Where a file or a folder is to go; undefined if nowhere. */
  saveAs(options: vscode.SaveDialogOptions): Promise<vscode.Uri | undefined>;
}

export const dialogs: Dialogs = {
  confirm: async (question, detail, action) =>
    (await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) === action,
  saveAs: async (options) => vscode.window.showSaveDialog(options),
};
