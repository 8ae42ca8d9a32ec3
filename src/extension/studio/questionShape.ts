import { isObject } from '../../contract/json.js';
import type { QuestionName, StudioQuestions } from '../../contract/studio.js';
import type { SampleRef } from '../../contract/terms.js';

/** A question and its name, as they belong together. */
export type Question = {
  [Name in QuestionName]: { readonly name: Name; readonly question: StudioQuestions[Name]['question'] };
}[QuestionName];

/** Classes and samples in one question at most: more than any view shows. */
const MOST = 10_000;

/** What a page asks, if it is a question: pages are not trusted to know. @returns undefined if it is none. */
export function questionOf(name: unknown, question: unknown): Question | undefined {
  if (!isObject(question)) return undefined;
  switch (name) {
    case 'thumbnails':
    case 'focus': {
      const { classes } = question;
      return isList(classes, isIndex) ? { name, question: { classes } } : undefined;
    }
    case 'saliency': {
      const { sample, target } = question;
      if (!isSample(sample) || !(target === undefined || isIndex(target))) return undefined;
      return { name, question: { sample: sampleOf(sample), target } };
    }
    case 'boundary': {
      const { anchors } = question;
      if (anchors === undefined) return { name, question: {} };
      // Three samples span a plane.
      if (!isList(anchors, isSample) || anchors.length !== 3) return undefined;
      return { name, question: { anchors: anchors.map(sampleOf) } };
    }
    default:
      return undefined;
  }
}

/** The sample and nothing else that the object may hold. */
function sampleOf({ class: index, nth }: SampleRef): SampleRef {
  return { class: index, nth };
}

function isSample(value: unknown): value is SampleRef {
  return isObject(value) && isIndex(value.class) && isIndex(value.nth);
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.length <= MOST && value.every(isItem);
}
