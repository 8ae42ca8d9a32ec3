import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { version } from '../../../package.json';
import { LetheError } from '../../base/errors.js';
import { exists, existsAlready, writeAtomically } from '../../base/files.js';
import type { DiagnoseResult, Finding } from '../../contract/findings.js';
import type { TextRange } from '../../contract/terms.js';
import { codes, type FindingCode } from '../../engine/diagnose/codes.js';
import { runJob } from '../../engine/jobs/index.js';
import { prettyJson } from '../../project/prettyJson.js';
import { type ModelOptions, modelOptions, type Process, showJob } from '../context.js';
import { docsPage } from '../docs.js';
import { EXIT } from '../exit.js';
import { toSarif } from '../sarif.js';
import { clean, type Style } from '../style.js';

const FORMATS = ['text', 'json', 'sarif'] as const;
type Format = (typeof FORMATS)[number];

interface Options extends ModelOptions {
  readonly evaluate: boolean;
  readonly scan?: boolean;
  readonly format?: Format;
  readonly out?: string;
  readonly force?: boolean;
}

const MORE = `
A folder stands for all models in it, at any depth.

Examples:
  lethe diagnose fashion.onnx
  lethe diagnose . --format sarif --out lethe.sarif
  lethe diagnose . --no-evaluate --scan

Exit codes: 0 nothing worse than a warning, 2 something can't be read or is wrong, 3 a policy is not kept.
docs/diagnostics.md explains every code.`;

export function diagnoseCommand(program: Command, process: Process, finish: (code: number) => void): void {
  const command = program
    .command('diagnose <model...>')
    .description('Look for what is wrong with models and lethe.json, and hold the models to the policy in it.');
  modelOptions(command)
    .option('--no-evaluate', 'do not measure the models that a policy binds and nobody measured yet')
    .option('--scan', 'read all tensors and look for NaN and infinity')
    .option('--format <name>', `${FORMATS.join(', ')} (default: text; --json is json)`, format)
    .option('--out <file>', 'where the JSON or SARIF document goes, with the text printed')
    .option('--force', 'replace an existing file given with --out')
    .addHelpText('after', MORE)
    .action(async (models: string[], options: Options) => {
      const { config, allowOutside, threads, evaluate, scan, out, force } = options;
      const as = formatOf(options);
      if (out !== undefined) await checkOut(out, as, force);
      const scanBytes = scan ? Number.MAX_SAFE_INTEGER : 0;
      const request = { models, config, allowOutside, threads, evaluate, scanBytes };
      const document = (result: DiagnoseResult) => documentOf(result, as);
      const text = (result: DiagnoseResult, style: Style) =>
        as === 'text' || out !== undefined ? diagnoseText(result, style) : document(result);
      const result = await showJob(
        (work) => runJob('diagnose', request, work),
        text,
        { ...options, json: false },
        process,
      );
      if (out !== undefined) {
        const write = (temporary: string) => writeFile(temporary, `${document(result)}\n`);
        await writeAtomically(out, write, { overwrite: force });
      }
      finish(exitCodeOf(result));
    });
}

function format(text: string): Format {
  const found = FORMATS.find((name) => name === text);
  if (found) return found;
  const message = `--format must be ${FORMATS.join(' or ')}, not "${text}"`;
  throw new LetheError('usage', { message, hint: 'See --help.' });
}

function formatOf({ format: given, json }: Options): Format {
  if (json && given !== undefined && given !== 'json') {
    throw new LetheError('usage', { message: `--json and --format ${given} exclude each other`, hint: 'See --help.' });
  }
  return given ?? (json ? 'json' : 'text');
}

/** What would be in the way of the document, said before the work and not after it. */
async function checkOut(out: string, as: Format, force: boolean | undefined): Promise<void> {
  if (as === 'text') {
    const message = '--out takes a JSON or SARIF document';
    throw new LetheError('usage', { message, hint: 'Add --format json or --format sarif.' });
  }
  if (!force && (await exists(out))) throw existsAlready(out);
}

function documentOf(result: DiagnoseResult, as: Format): string {
  if (as === 'json') return prettyJson(result);
  return prettyJson(toSarif(result, { version, root: process.cwd(), docs: docsPage('diagnostics.md') }));
}

/** What can't be read or is wrong comes first: as long as it is, nobody knows of the policy. */
function exitCodeOf({ findings }: DiagnoseResult): number {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const isPolicy = ({ code }: Finding) => 'policy' in codes[code as FindingCode];
  if (errors.some((finding) => !isPolicy(finding))) return EXIT.badInput;
  return errors.length > 0 ? EXIT.policyUnmet : EXIT.done;
}

function diagnoseText({ findings, models }: DiagnoseResult, style: Style): string {
  const files = [...new Set(findings.map(({ file }) => file))];
  const groups = files.map((file) => {
    const own = findings.filter((finding) => finding.file === file);
    return own.map((finding) => findingText(finding, style)).join('\n');
  });
  return [...groups.flatMap((group) => [group, '']), summary(findings, models.length, style)].join('\n');
}

function findingText(finding: Finding, style: Style): string {
  const { severity, code, file, range, message, hint, related } = finding;
  const paint = { error: style.red, warning: style.yellow, information: style.cyan }[severity];
  return [
    `${style.bold(place(file, range))} ${paint(severity)} ${style.dim(code)} ${clean(message, 400)}`,
    ...related.map((entry) => `  ${style.dim('see')}  ${place(entry.file, entry.range)} ${clean(entry.message, 200)}`),
    ...(hint ? [`  ${style.dim('do')}   ${clean(hint, 300)}`] : []),
  ].join('\n');
}

/** `file:line:column`, which terminals make a link of. */
function place(file: string, range: TextRange | null): string {
  const short = path.relative(process.cwd(), file);
  const name = clean(short === '' || short.startsWith('..') ? file : short, 300);
  return range ? `${name}:${range.line}:${range.column}` : name;
}

function summary(findings: readonly Finding[], models: number, style: Style): string {
  const counted = (['error', 'warning', 'information'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    const plural = severity === 'information' || count === 1 ? severity : `${severity}s`;
    return count > 0 ? [`${count} ${plural}`] : [];
  });
  const looked = `${models} ${models === 1 ? 'model' : 'models'} looked at`;
  return style.bold(`${counted.join(', ') || 'nothing found'}; ${looked}`);
}
