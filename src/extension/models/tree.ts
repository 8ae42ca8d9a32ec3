import * as vscode from 'vscode';
import { FORMATS } from '../../contract/formats.js';
import type { ModelState, ModelSummary } from '../../contract/models.js';
import { modelPath } from '../../contract/names.js';
import { countText, percentText, pluralText, sizeText } from '../../contract/text.js';
import type { KnownModel, ModelStore } from './store.js';

interface Look {
  readonly icon: string;
  readonly color?: string;
  readonly label: string;
}

/** How each state looks and what it is called. */
const LOOKS: Readonly<Record<ModelState, Look>> = {
  unreadable: { icon: 'error', color: 'list.errorForeground', label: 'can not be read' },
  unknown: { icon: 'circle-outline', label: 'never evaluated' },
  evaluated: { icon: 'circle-filled', label: 'evaluated' },
  forbidden: { icon: 'warning', color: 'list.warningForeground', label: 'knows forbidden classes' },
  verified: { icon: 'pass-filled', color: 'testing.iconPassed', label: 'unlearned and verified' },
  superseded: { icon: 'archive', label: 'superseded' },
  changed: { icon: 'question', color: 'list.warningForeground', label: 'changed since it was evaluated' },
};

/** The tree "Models": every model of the workspace and its state; one level, with folders where the workspace has several. */
export class ModelsTree implements vscode.TreeDataProvider<KnownModel> {
  readonly #store: ModelStore;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(store: ModelStore) {
    this.#store = store;
    store.onDidChange(() => this.#changed.fire(undefined));
  }

  async getChildren(model?: KnownModel): Promise<KnownModel[]> {
    return model ? [] : [...(await this.#store.all())];
  }

  /** Needed to reveal a model. */
  getParent(): undefined {
    return undefined;
  }

  getTreeItem({ uri, summary }: KnownModel): vscode.TreeItem {
    const look = LOOKS[summary.state];
    const item = new vscode.TreeItem(nameOf(uri));
    item.id = uri.toString();
    item.resourceUri = uri;
    item.iconPath = new vscode.ThemeIcon(look.icon, look.color ? new vscode.ThemeColor(look.color) : undefined);
    item.description = [look.label, facts(summary)].filter(Boolean).join(' · ');
    item.tooltip = tooltip(uri, summary, look.label);
    item.contextValue = `model ${summary.state}${summary.config ? ' configured' : ''}`;
    item.accessibilityInformation = { label: `${nameOf(uri)}, ${item.description}. ${summary.detail}` };
    item.command = { command: 'lethe.selectModel', title: 'Select', arguments: [{ uri, summary }] };
    return item;
  }
}

/** Where it lies in the workspace. */
function nameOf(uri: vscode.Uri): string {
  return modelPath(vscode.workspace.asRelativePath(uri));
}

function facts({ format, bytes, classCount }: ModelSummary): string {
  if (!format) return '';
  const parts = [FORMATS[format].shortTitle, sizeText(bytes)];
  if (classCount !== null) parts.push(pluralText(classCount, 'class', 'classes'));
  return parts.join(' · ');
}

function tooltip(uri: vscode.Uri, summary: ModelSummary, label: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  text.appendMarkdown('**').appendText(nameOf(uri)).appendMarkdown('**  \n').appendText(`${label}: ${summary.detail}`);
  if (summary.measured) {
    const { accuracy, samples, split } = summary.measured;
    text
      .appendMarkdown('\n\n')
      .appendText(`${percentText(accuracy)} of ${countText(samples)} ${split} samples are recognised.`);
  }
  if (summary.forgotten.length > 0)
    text.appendMarkdown('\n\n').appendText(`Forgotten: ${summary.forgotten.join(', ')}.`);
  return text;
}
