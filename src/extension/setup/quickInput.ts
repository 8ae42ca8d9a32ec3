import * as vscode from 'vscode';
import { BACK, type Place } from './multiStep.js';

export interface PickOptions<Item extends vscode.QuickPickItem> {
  readonly placeholder: string;
  readonly items: readonly Item[];
  /** The item to begin at. */
  readonly active?: Item;
  /** Why an item can't be chosen; nothing if it can. */
  readonly refuse?: (item: Item) => string | undefined;
}

/** One of several items, with the place in the flow and a button to go back. */
export function pick<Item extends vscode.QuickPickItem>(
  place: Place,
  options: PickOptions<Item>,
): Promise<Item | typeof BACK | undefined> {
  const { placeholder, items, active, refuse } = options;
  const input = vscode.window.createQuickPick<Item>();
  input.placeholder = placeholder;
  input.items = items;
  input.matchOnDescription = true;
  input.matchOnDetail = true;
  if (active) input.activeItems = [active];
  return ask(input, place, () => {
    const [item] = input.selectedItems;
    if (!item) return undefined;
    const problem = refuse?.(item);
    if (problem === undefined) return item;
    void vscode.window.showWarningMessage(problem);
    return undefined;
  });
}

export interface InputOptions {
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** What is wrong with a text; nothing if it will do. */
  readonly check: (text: string) => string | undefined;
}

/** A line of text. */
export function input(place: Place, options: InputOptions): Promise<string | typeof BACK | undefined> {
  const { prompt, placeholder, value = '', check } = options;
  const box = vscode.window.createInputBox();
  box.prompt = prompt;
  box.placeholder = placeholder;
  box.value = value;
  const listener = box.onDidChangeValue(() => {
    box.validationMessage = undefined;
  });
  return ask(box, place, () => {
    const problem = check(box.value);
    box.validationMessage = problem;
    return problem === undefined ? box.value : undefined;
  }).finally(() => listener.dispose());
}

/** Shows an input until `accept` gives a value, the user goes back, or gives up. */
function ask<T>(
  input: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  place: Place,
  accept: () => T | undefined,
): Promise<T | typeof BACK | undefined> {
  input.title = place.title;
  input.step = place.step;
  input.totalSteps = place.totalSteps;
  // The user may have to look at a file to know the answer.
  input.ignoreFocusOut = true;
  input.buttons = place.canGoBack ? [vscode.QuickInputButtons.Back] : [];
  return new Promise<T | typeof BACK | undefined>((resolve) => {
    input.onDidAccept(() => {
      const value = accept();
      if (value !== undefined) resolve(value);
    });
    input.onDidTriggerButton(() => resolve(BACK));
    input.onDidHide(() => resolve(undefined));
    input.show();
  }).finally(() => input.dispose());
}
