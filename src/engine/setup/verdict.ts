import type { Confusion } from '../../contract/records.js';
import { countText, percentText } from '../../contract/text.js';

/** A trained classifier covers more than this share of the way from chance to being always right. */
const LEAST_SKILL = 0.15;
/** Share of samples from which the answers are said to follow a pattern. */
const PATTERN = 0.6;
/** A class order is pointed out as wrong if putting it right would raise the accuracy by as much. */
const GAIN = 0.25;
/** Samples of a class on average that answers can show a pattern in. */
const LEAST_OF_CLASS = 5;

/** What always giving the most frequent answer would reach. */
export function chanceOf(confusion: Confusion): number {
  return Math.max(...confusion.map(total)) / sampleCount(confusion);
}

/** Whether an accuracy on so many samples is hardly better than guessing. */
export function isNearChance(accuracy: number, chance: number, samples: number): boolean {
  const error = Math.sqrt((chance * (1 - chance)) / samples);
  return accuracy <= chance + Math.max(LEAST_SKILL * (1 - chance), 3 * error);
}

/**
 * A warning, if what a network makes of labelled samples shows that the settings are not those it was trained with.
 * @param best the accuracy that another scaling of the values reaches, 0 if none does clearly better.
 */
export function warningOf(confusion: Confusion, classes: readonly string[], best: number): string | null {
  const samples = sampleCount(confusion);
  const accuracy = confusion.reduce((sum, row, index) => sum + row[index], 0) / samples;
  const chance = chanceOf(confusion);
  if (chance === 1) return 'All samples are of one class, so the accuracy says nothing about the settings.';
  const order = otherOrder(confusion, classes, Math.max(accuracy, best));
  if (!isNearChance(accuracy, chance, samples)) return order;
  const near = `Only ${percentText(accuracy)} of ${countText(samples)} samples are recognised, and guessing would reach ${percentText(chance)}.`;
  if (order) return `${near} ${order}`;
  const cause =
    best > 0
      ? 'The values are probably not scaled as the model was trained with.'
      : 'The scaling of the values, the order of the classes or the data itself is probably not what the model was trained with.';
  return [near, favourite(confusion, classes, samples), cause].filter(Boolean).join(' ');
}

/**
 * A sentence, if each class is taken for another one of its own: then it is the order of the names that is wrong, unless there
 * is something else that explains as much (fed the wrong way round, red is taken for blue).
 * @param explained accuracy that is reached with the order as it is.
 */
function otherOrder(confusion: Confusion, classes: readonly string[], explained: number): string | null {
  const usual = confusion.map((row) => row.indexOf(Math.max(...row)));
  const present = [...confusion.keys()].filter((index) => confusion[index].some((count) => count > 0));
  const samples = sampleCount(confusion);
  // A single sample of a class always "mostly" gets one answer.
  if (samples < LEAST_OF_CLASS * present.length) return null;
  const followed = present.reduce((sum, index) => sum + confusion[index][usual[index]], 0) / samples;
  const moved = present.filter((index) => usual[index] !== index);
  const isOneToOne = new Set(present.map((index) => usual[index])).size >= 0.8 * present.length;
  if (!isOneToOne || moved.length < 2 || followed < Math.max(PATTERN, explained + GAIN)) return null;
  const [first] = moved;
  return (
    `The answers follow the classes under other names ("${classes[first]}" is mostly taken for "${classes[usual[first]]}"): ` +
    'the order of the classes is probably not that of the model.'
  );
}

function favourite(confusion: Confusion, classes: readonly string[], samples: number): string {
  const answers = classes.map((_, index) => confusion.reduce((sum, row) => sum + row[index], 0));
  const most = Math.max(...answers);
  return most < 0.9 * samples ? '' : `Nearly all are taken for "${classes[answers.indexOf(most)]}".`;
}

function sampleCount(confusion: Confusion): number {
  return total(confusion.map(total));
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
