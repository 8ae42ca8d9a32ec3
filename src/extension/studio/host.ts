import type * as vscode from 'vscode';
import type { FromStudio, StudioSnapshot, ToStudio } from '../../contract/studio.js';
import type { Questions } from './questions.js';

/** What a Studio shows; its sequence number is the feed's. */
export type StudioContent = Omit<StudioSnapshot, 'sequence'>;

/** Where the Studios of all models get what they show, and take what users ask for. */
export interface StudioHost {
  /** What is known of a model now. Parts that did not change should be the same objects: they are not sent again. */
  snapshot(model: vscode.Uri): StudioContent;
  /** Fires when the snapshot of a model may have changed; undefined: of any. */
  readonly onDidChange: vscode.Event<vscode.Uri | undefined>;
  /** Finds out about a model, where that was not done yet; the snapshot tells more and more. */
  open(model: vscode.Uri): void;
  /** No Studio shows the model any more. */
  close(model: vscode.Uri): void;
  /** Does what a user asked for. Never rejects: what goes wrong is shown to the user by it. */
  handle(model: vscode.Uri, message: FromStudio): Promise<void>;
  /** What one tab asks besides its snapshot; the answers go to `send`. */
  questions(model: vscode.Uri, send: (message: ToStudio) => void): Questions;
}
