import type * as vscode from 'vscode';
import type { FindDataResult } from '../../contract/setup.js';
import type { Answers } from './answers.js';
import { type ClassNames, parseNames } from './draft.js';
import { BACK, type Step } from './multiStep.js';
import { input, pick } from './quickInput.js';

interface ClassItem extends vscode.QuickPickItem {
  readonly classes: ClassNames | 'typed';
}

/** What the classes are called, in the order of the model's outputs. */
export function classStep(found: FindDataResult): Step<Answers> {
  return {
    applies: () => true,
    async ask(answers, place) {
      for (;;) {
        const items = itemsOf(answers, found);
        const given = answers.classes;
        const active = items.find(({ classes }) => classes !== 'typed' && classes.kind === given?.kind);
        const placeholder = "Names of the classes, in the order of the model's outputs";
        const item = await pick(place, { placeholder, items, active });
        if (item === undefined || item === BACK) return item;
        if (item.classes !== 'typed') return { ...answers, classes: item.classes };
        const names = await typeNames(answers, found.classCount, { ...place, canGoBack: true });
        if (names === undefined) return undefined;
        if (names !== BACK) return { ...answers, classes: { kind: 'names', names } };
      }
    },
  };
}

function itemsOf({ train }: Answers, { classFile, classCount }: FindDataResult): ClassItem[] {
  const items: ClassItem[] = [];
  const own = train?.classes;
  if (own && (classCount === null || own.length === classCount)) {
    const label =
      train.source.format === 'imageFolder' ? '$(folder) Names of the folders' : '$(database) Names in the data';
    items.push({
      label,
      description: 'in alphabetical order',
      detail: shown(own),
      classes: { kind: 'names', names: own },
    });
    if (train.source.format === 'cifar10') items[0] = { ...items[0], description: undefined };
  }
  if (classFile) {
    const { path, classes } = classFile;
    items.push({ label: `$(list-ordered) ${path}`, detail: shown(classes), classes: { kind: 'file', path } });
  }
  items.push({ label: '$(edit) Type the names', detail: 'With commas between them', classes: 'typed' });
  if (!own) {
    const last = classCount === null ? '...' : `${classCount - 1}`;
    items.push({
      label: '$(symbol-number) Numbers',
      detail: `The classes are called 0 to ${last}`,
      classes: { kind: 'numbers' },
    });
  }
  return items;
}

const MOST_SHOWN = 12;

function shown(names: readonly string[]): string {
  return names.length > MOST_SHOWN ? `${names.slice(0, MOST_SHOWN - 1).join(', ')}, ...` : names.join(', ');
}

async function typeNames(answers: Answers, count: number | null, place: Parameters<typeof input>[0]) {
  const before = answers.classes?.kind === 'names' ? answers.classes.names : (answers.train?.classes ?? []);
  const text = await input(place, {
    prompt: `Names of the ${count ?? ''} classes, with commas between them, in the order of the outputs`.replace(
      '  ',
      ' ',
    ),
    placeholder: 'cat, dog, ...',
    value: before.join(', '),
    check: (typed) => problemOf(parseNames(typed, count)),
  });
  if (text === undefined || text === BACK) return text;
  return parseNames(text, count) as readonly string[];
}

function problemOf(parsed: ReturnType<typeof parseNames>): string | undefined {
  return 'problem' in parsed ? parsed.problem : undefined;
}
