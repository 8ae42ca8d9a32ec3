import path from 'node:path';
import * as vscode from 'vscode';
import type { DataCandidate, FindDataRequest, FindDataResult } from '../../contract/setup.js';
import type { SplitName } from '../../contract/terms.js';
import { pluralText } from '../../contract/text.js';
import type { Answers } from './answers.js';
import { BACK, type Place, type Step } from './multiStep.js';
import { unlessCancelled } from './progress.js';
import { pick } from './quickInput.js';
import type { SetupServices } from './services.js';

/** Candidates that were found, and those that the user showed. */
export interface Data {
  readonly request: FindDataRequest;
  readonly found: FindDataResult;
  readonly shown: DataCandidate[];
}

interface DataItem extends vscode.QuickPickItem {
  readonly candidate?: DataCandidate;
  readonly browse?: 'file' | 'folder';
  readonly holdOut?: boolean;
}

export function trainStep(data: Data, services: SetupServices): Step<Answers> {
  return {
    applies: () => true,
    async ask(answers, place) {
      const candidates = ordered(data, 'train');
      const item = await askData(data, services, place, {
        placeholder: 'Samples to learn the classes from: those that the model was trained on, or others like them',
        candidates,
        chosen: answers.train ?? candidates[0] ?? null,
      });
      if (item === undefined || item === BACK) return item;
      const { candidate: train } = item;
      // What was answered about other data need not be right for this.
      return train === answers.train ? answers : { train };
    },
  };
}

export function testStep(data: Data, services: SetupServices): Step<Answers> {
  return {
    applies: () => true,
    async ask(answers, place) {
      const { train } = answers;
      const candidates = ordered(data, 'test')
        .filter((candidate) => candidate !== train)
        .sort((a, b) => likeness(b, train) - likeness(a, train));
      const best = candidates[0] && likeness(candidates[0], train) > 0 ? candidates[0] : null;
      const item = await askData(data, services, place, {
        placeholder: 'Samples to test with: the accuracies that are shown come from them',
        candidates,
        chosen: answers.test === undefined ? best : answers.test,
        holdOut: true,
      });
      if (item === undefined || item === BACK) return item;
      return { ...answers, test: item.candidate ?? null };
    },
  };
}

/** Those of the split first, then those that say nothing, as near as they were found; the ones that do not fit last. */
function ordered({ found, shown }: Data, split: SplitName): DataCandidate[] {
  const rank = (candidate: DataCandidate) =>
    (candidate.problem === null ? 0 : 10) + (candidate.split === split ? 0 : candidate.split === null ? 1 : 2);
  return [...shown, ...found.candidates].sort((a, b) => rank(a) - rank(b));
}

/** Test data mostly lies beside the training data, in the same format. */
function likeness(candidate: DataCandidate, train: DataCandidate | undefined): number {
  if (candidate.problem !== null || candidate.split !== 'test') return 0;
  const beside = path.dirname(candidate.detail) === path.dirname(train?.detail ?? '');
  return 1 + Number(candidate.source.format === train?.source.format) + Number(beside);
}

interface Asked {
  readonly placeholder: string;
  readonly candidates: readonly DataCandidate[];
  /** The one to begin at, null for none of them. */
  readonly chosen: DataCandidate | null;
  readonly holdOut?: boolean;
}

async function askData(
  data: Data,
  services: SetupServices,
  place: Place,
  asked: Asked,
): Promise<DataItem | typeof BACK | undefined> {
  let { candidates, chosen } = asked;
  for (;;) {
    const items = itemsOf(candidates, data, asked.holdOut === true);
    const active = items.find(({ candidate, holdOut }) => (chosen ? candidate === chosen : holdOut));
    const placeholder =
      candidates.length === 0 ? `${asked.placeholder} (none were found near the model)` : asked.placeholder;
    const item = await pick(place, { placeholder, items, active, refuse });
    if (item === undefined || item === BACK || !item.browse) return item;
    const more = await browse(data, services, item.browse);
    if (more.length === 0) continue;
    const added = more.filter((candidate) => !candidates.some((known) => isSame(known, candidate)));
    data.shown.unshift(...added);
    candidates = [...added, ...candidates];
    chosen = candidates.find((candidate) => isSame(candidate, more[0])) ?? null;
  }
}

function isSame(a: DataCandidate, b: DataCandidate): boolean {
  return JSON.stringify(a.source) === JSON.stringify(b.source);
}

function itemsOf(candidates: readonly DataCandidate[], { found }: Data, holdOut: boolean): DataItem[] {
  const line = (label: string): DataItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const fitting = candidates.filter(({ problem }) => problem === null).map(itemOf);
  const others = candidates.filter(({ problem }) => problem !== null).map(itemOf);
  const items: DataItem[] = [];
  if (fitting.length > 0) items.push(line('fits the model'), ...fitting);
  if (holdOut) {
    items.push(line('without other data'), {
      label: '$(split-horizontal) Hold out part of the training data',
      detail: 'Some of the samples are kept apart and used for nothing but the accuracies',
      holdOut: true,
    });
  }
  items.push(
    line(found.truncated ? 'elsewhere (not all folders were searched)' : 'elsewhere'),
    { label: '$(file) Browse for a file...', browse: 'file' },
    { label: '$(folder-opened) Browse for a folder...', browse: 'folder' },
  );
  if (others.length > 0) items.push(line('does not fit the model'), ...others);
  return items;
}

function itemOf(candidate: DataCandidate): DataItem {
  const { title, detail, samples, shape, labelCount, split, problem } = candidate;
  const facts = [
    split,
    pluralText(samples, 'sample'),
    shape.length === 3 ? shape.join(' x ') : `${shape[0]} values`,
    pluralText(labelCount, 'class', 'classes'),
  ];
  return {
    label: `${problem === null ? '$(database)' : '$(warning)'} ${title}`,
    description: problem ?? facts.filter(Boolean).join(', '),
    detail,
    candidate,
  };
}

function refuse({ candidate }: DataItem): string | undefined {
  if (!candidate || candidate.problem === null) return undefined;
  const isOutside = candidate.problem.includes('outside of the folder');
  return `${candidate.title} can't be used: ${candidate.problem}.${
    isOutside ? ' Move it there, or allow it with the setting "lethe.data.allowOutside".' : ''
  }`;
}

async function browse(data: Data, services: SetupServices, what: 'file' | 'folder'): Promise<readonly DataCandidate[]> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      defaultUri: vscode.Uri.file(data.found.folder),
      canSelectFiles: what === 'file',
      canSelectFolders: what === 'folder',
      openLabel: 'Use',
      title: what === 'file' ? 'A file of labelled samples' : 'A folder of labelled samples',
    })) ?? [];
  if (!chosen) return [];
  const name = path.basename(chosen.fsPath);
  const request = { ...data.request, at: chosen.fsPath };
  const result = await unlessCancelled(`Looking at ${name}`, (work) => services.run('findData', request, work));
  if (result && result.candidates.length === 0) {
    void vscode.window.showWarningMessage(
      `${name} holds no samples that Lethe can read: IDX files, folders of images, CIFAR batches, NumPy archives or tables.`,
    );
  }
  return result?.candidates ?? [];
}
