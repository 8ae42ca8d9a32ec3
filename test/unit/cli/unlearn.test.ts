import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { reportCommand } from '../../../src/cli/commands/report.js';
import { unlearnDocument, unlearnText } from '../../../src/cli/commands/unlearnText.js';
import type { Process } from '../../../src/cli/context.js';
import { Style } from '../../../src/cli/style.js';
import type { RunRecord } from '../../../src/contract/records.js';
import type { UnlearnResult } from '../../../src/contract/run.js';
import { percentText } from '../../../src/contract/text.js';
import { exampleRecord, olderRecord } from '../../support/engine/runRecord.js';

const plain = new Style({ isTTY: false }, {});

/** What a run that left this record has told. */
function resultOf({ result, source, output }: RunRecord): UnlearnResult {
  const run = path.resolve('.lethe/runs/some');
  const written = { model: path.resolve(source.path), output: path.resolve(output.path) };
  return { ...result, ...written, run, report: path.join(run, 'report.html') };
}

const result = resultOf(exampleRecord());
const { recipe } = result.candidate;

describe('the text of a run', () => {
  const text = unlearnText(result, plain);
  const { before, after } = result.recoverability;

  it('says which method made the candidate, and with what', () => {
    expect(text).toContain(`Forgot Shirt  (refit, α retain ${recipe.alphaR}, α forget ${recipe.alphaF}; accuracy on`);
  });

  it('tells recoverability with its error, in a sentence, and what to compare it with', () => {
    const both = [before!, after!].map(
      ({ balancedAccuracy, error }) => `${percentText(balancedAccuracy)} ± ${(100 * error).toFixed(1)}`,
    );
    expect(text).toContain(
      `Still readable\n  recoverability ${both[0]} before, ${both[1]} after\n  After the run, a linear probe on the last hidden layer tells samples of Shirt from others ${percentText(after!.balancedAccuracy)} of the time`,
    );
    expect(text).toContain('A model that never saw the class is not at 50% either');
  });

  it('says nothing of it where it can’t be told', () => {
    const unknown = unlearnText({ ...result, recoverability: { before: null, after: null } }, plain);
    expect(unknown).not.toMatch(/readable|recoverability|probe|null|– {2}after/);
    expect(unlearnText(resultOf(olderRecord()), plain)).toContain('Forgot Shirt  (projection, α retain 100');
  });
});

describe('the document of a run', () => {
  const document = JSON.parse(JSON.stringify(unlearnDocument(result)));

  it('names the candidate, its method and its alphas', () => {
    const { candidate, method, alphaR, alphaF } = document;
    expect([candidate, { method, alphaR, alphaF }]).toEqual([result.candidate.id, recipe]);
  });

  it('has recoverability, of the run and of each candidate', () => {
    expect(document.recoverability).toEqual(result.recoverability);
    expect(document.candidates).toEqual(result.candidates.map(({ recipe, ...judged }) => ({ ...judged, ...recipe })));
    for (const { recoverability } of document.candidates) {
      expect(Object.keys(recoverability)).toEqual(['balancedAccuracy', 'error', 'auc']);
    }
  });
});

describe('lethe report', () => {
  it('knows candidates by their ids, as methods share alphas', () => {
    const program = new Command();
    reportCommand(program, {} as Process);
    const [command] = program.commands;
    expect(command.options.map(({ flags }) => flags)).toContain('--candidate <id>');
    expect(command.helpInformation()).not.toContain('alpha');
  });
});
