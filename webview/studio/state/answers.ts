import type { FromStudio, QuestionName, StudioQuestions, ToStudio } from '../../../src/contract/studio.js';
import type { ErrorReport } from '../../../src/contract/terms.js';

/** What has come of a question so far. */
export interface Answer<Name extends QuestionName> {
  /** The answer, or the part of it that is there already. */
  readonly value: StudioQuestions[Name]['answer'] | undefined;
  readonly error: ErrorReport | undefined;
  /** Whether more will come. */
  readonly isPending: boolean;
}

interface Entry {
  readonly id: number;
  readonly name: QuestionName;
  readonly key: string;
  answer: Answer<QuestionName>;
  /** Asked for in the latest drawing. */
  isWanted: boolean;
}

/** Answers that are kept, so that going back to one shows it at once. */
const MOST_ENTRIES = 80;

/**
 * Questions to the host and their answers. A view asks for what it shows each time it is drawn; a question is sent once, and
 * the page drawn again when its answer comes. A question that a later drawing does not ask any more is taken back.
 */
export class Answers {
  readonly #send: (message: FromStudio) => void;
  readonly #changed: () => void;
  /** By key, the ones that were asked last at the end. */
  readonly #entries = new Map<string, Entry>();
  #context = '';
  #lastId = 0;

  constructor(send: (message: FromStudio) => void, changed: () => void) {
    this.#send = send;
    this.#changed = changed;
  }

  /** Draws the page. @param context what all answers depend on: the model as it is, the run and its pair of alphas. */
  during(context: string, draw: () => void): void {
    this.#context = context;
    for (const entry of this.#entries.values()) entry.isWanted = false;
    draw();
    for (const entry of [...this.#entries.values()]) {
      // Small pictures are asked for by the list of classes, which draws itself.
      if (entry.isWanted || !entry.answer.isPending || entry.name === 'thumbnails') continue;
      this.#entries.delete(entry.key);
      this.#send({ kind: 'dropQuestion', id: entry.id });
    }
  }

  /** What is known of an answer; asks for it if nobody did. */
  ask<Name extends QuestionName>(name: Name, question: StudioQuestions[Name]['question']): Answer<Name> {
    const key = `${this.#context} ${name} ${JSON.stringify(question)}`;
    const known = this.#entries.get(key);
    if (known) {
      known.isWanted = true;
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.answer as Answer<Name>;
    }
    const answer: Answer<QuestionName> = { value: undefined, error: undefined, isPending: true };
    const id = ++this.#lastId;
    this.#entries.set(key, { id, name, key, answer, isWanted: true });
    this.#forgetOldest();
    this.#send({ kind: 'ask', id, name, question });
    return answer as Answer<Name>;
  }

  /** Takes back a question whose answer was an error, so that it is asked again. */
  retry<Name extends QuestionName>(name: Name, question: StudioQuestions[Name]['question']): void {
    this.#entries.delete(`${this.#context} ${name} ${JSON.stringify(question)}`);
    this.#changed();
  }

  receive(message: ToStudio & { kind: 'answer' | 'noAnswer' }): void {
    const entry = [...this.#entries.values()].find(({ id }) => id === message.id);
    if (!entry) return;
    entry.answer =
      message.kind === 'answer'
        ? { value: message.answer as never, error: undefined, isPending: !message.isFinal }
        : { value: undefined, error: message.error, isPending: false };
    this.#changed();
  }

  #forgetOldest(): void {
    for (const [key, { answer }] of this.#entries) {
      if (this.#entries.size <= MOST_ENTRIES) return;
      if (!answer.isPending) this.#entries.delete(key);
    }
  }
}
