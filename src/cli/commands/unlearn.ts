import type { Command } from 'commander';
import type { Work } from '../../contract/progress.js';
import type { UnlearnPart } from '../../contract/run.js';
import { type AskedSettings, askedSettings } from '../../contract/settings.js';
import { runJob } from '../../engine/jobs/index.js';
import { type ModelOptions, modelOptions, modelRequest, type Process, showJob } from '../context.js';
import { EXIT } from '../exit.js';
import { names, settingOptions } from '../options.js';
import { unlearnDocument, unlearnText } from './unlearnText.js';

interface Options extends ModelOptions, AskedSettings {
  readonly forget?: string[];
  readonly out?: string;
  readonly force?: boolean;
}

const EXAMPLES = `
Examples:
  lethe unlearn fashion.onnx --forget Shirt
  lethe unlearn fashion.onnx --forget "T-shirt/top,Shirt" --out tops-gone.onnx
  lethe unlearn fashion.onnx --forget Shirt --depth 1       (as deep as it goes, whatever it costs)
  lethe unlearn fashion.forget-shirt.onnx --forget Bag      (Shirt stays forgotten)
  lethe unlearn fashion.onnx                                (what the policy in lethe.json asks for)

Exit codes: 0 done, 1 failed, 2 bad usage or bad input, 3 done but a policy limit is not met,
4 no candidate forgets (nothing written), 130 cancelled (nothing written).`;

export function unlearnCommand(program: Command, process: Process, finish: (code: number) => void): void {
  const command = program
    .command('unlearn <model>')
    .description('Write a copy of a model that has forgotten one or more classes. The original stays as it is.');
  modelOptions(command)
    .option(
      '--forget <classes>',
      'names or indices, with commas (default: what the policy in lethe.json asks for)',
      names,
    )
    .option('--out <path>', 'the new model (default: <name>.forget-<classes> beside the model)')
    .option('--force', 'replace an existing output');
  settingOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, options: Options) => {
      const { forget, out, force } = options;
      const request = { ...modelRequest(model, options), forget, out, force, ...askedSettings(options) };
      const job = (work: Work<UnlearnPart>) => runJob('unlearn', request, work);
      const result = await showJob(job, unlearnText, options, process, unlearnDocument);
      finish(result.policy.some((finding) => finding.severity === 'error') ? EXIT.policyUnmet : EXIT.done);
    });
}
