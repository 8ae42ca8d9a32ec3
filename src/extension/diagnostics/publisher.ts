import path from 'node:path';
import * as vscode from 'vscode';
import type { DiagnoseRequest, Finding } from '../../contract/findings.js';
import type { TextRange } from '../../contract/terms.js';
import type { EngineService } from '../engineService.js';
import type { Log } from '../log.js';
import { findConfigs, isConfigFile } from '../models/find.js';
import type { ModelStore } from '../models/store.js';
import { allowOutside, apartByAllowOutside, diagnosticsSettings } from '../settings.js';

/** A finding as the editor shows it; what can be done about it is looked up there by the quick fixes. */
export class FindingDiagnostic extends vscode.Diagnostic {
  /** @param docs the page that explains the codes. */
  constructor(
    readonly finding: Finding,
    docs: vscode.Uri,
  ) {
    super(rangeOf(finding.range), textOf(finding), SEVERITIES[finding.severity]);
    this.source = 'Lethe';
    this.code = { value: finding.code, target: docs };
    this.relatedInformation = finding.related.map(
      ({ file, range, message }) =>
        new vscode.DiagnosticRelatedInformation(new vscode.Location(vscode.Uri.file(file), rangeOf(range)), message),
    );
  }
}

/** Where there is a quick fix, it says what to do. */
function textOf({ message, hint, actions }: Finding): string {
  return hint && actions.length === 0 ? `${message}. ${hint}` : message;
}

const SEVERITIES = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

/** The editor counts from 0. Without a range it is about the whole file. */
function rangeOf(range: TextRange | null): vscode.Range {
  if (!range) return new vscode.Range(0, 0, 0, 0);
  return new vscode.Range(range.line - 1, range.column - 1, range.endLine - 1, range.endColumn - 1);
}

const NONE: readonly Finding[] = [];

/** Codes of what is found in the tensors themselves. */
const DEEP: readonly string[] = ['weights-not-finite'];

function isAmong(finding: Finding, others: readonly Finding[]): boolean {
  return others.some(({ file, code, message }) => {
    return file === finding.file && code === finding.code && message === finding.message;
  });
}

function grouped<Key>(findings: readonly Finding[], keyOf: (finding: Finding) => Key): Map<Key, Finding[]> {
  const groups = new Map<Key, Finding[]>();
  for (const finding of findings) {
    const key = keyOf(finding);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return groups;
}

/** Keeps the Problems view true: looks at models again whenever they were described again, and on command. */
export class Diagnostics implements vscode.Disposable {
  readonly #engine: EngineService;
  readonly #models: ModelStore;
  readonly #log: Log;
  readonly #docs: vscode.Uri;
  readonly #collection = vscode.languages.createDiagnosticCollection('lethe');
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: vscode.Disposable[];
  /** Everything that is shown. */
  #findings: readonly Finding[] = [];
  #byModel: ReadonlyMap<string | null, readonly Finding[]> = new Map();
  /** What only a deep look finds; it holds until the files that it is about change. */
  #deep: readonly Finding[] = [];
  #running: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  constructor(engine: EngineService, models: ModelStore, log: Log, extensionUri: vscode.Uri) {
    this.#engine = engine;
    this.#models = models;
    this.#log = log;
    this.#docs = vscode.Uri.joinPath(extensionUri, 'docs', 'diagnostics.md');
    this.#disposables = [
      this.#collection,
      this.#changed,
      models.onDidChange((changed) => {
        if (changed.length === 0) void this.update();
      }),
      models.onDidTouch((file) => {
        const folder = path.dirname(file.fsPath);
        this.#deep = this.#deep.filter((finding) => path.dirname(finding.file) !== folder);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('lethe.diagnostics')) void this.update();
      }),
    ];
  }

  /** What was found about one model, as its file is named on the disk. */
  about(model: vscode.Uri): readonly Finding[] {
    return this.#byModel.get(model.fsPath) ?? NONE;
  }

  /**
   * Looks at every model and `lethe.json` of the workspace. Cheap: headers, and tensors up to the size that the settings allow.
   * @param deep evaluates what a policy binds, and scans all tensors.
   */
  update(deep?: Pick<DiagnoseRequest, 'evaluate' | 'scanBytes'>, signal?: AbortSignal): Promise<void> {
    // One that has not begun yet will see all that has changed meanwhile.
    if (!deep && this.#waiting) return this.#waiting;
    const update = this.#running.then(() => {
      if (!deep) this.#waiting = undefined;
      return this.#update(deep, signal);
    });
    if (!deep) this.#waiting = update;
    this.#running = update;
    return update;
  }

  /**
   * Looks at one model, or at a folder of models with their `lethe.json`, and leaves what was found about others.
   * @param deep as in `update`.
   */
  lookAt(
    target: vscode.Uri,
    deep: Pick<DiagnoseRequest, 'evaluate' | 'scanBytes'>,
    signal?: AbortSignal,
  ): Promise<void> {
    this.#running = this.#running.then(() => this.#lookAt(target, deep, signal));
    return this.#running;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  async #update(deep: Pick<DiagnoseRequest, 'evaluate' | 'scanBytes'> = {}, signal?: AbortSignal): Promise<void> {
    const { enabled, scanBytes } = diagnosticsSettings();
    if (!enabled && !deep.evaluate) {
      this.#publish(this.#deep);
      return;
    }
    try {
      const models = await this.#models.all();
      const files = [...models.map(({ uri }) => uri), ...(await findConfigs())];
      const depth = vscode.workspace.isTrusted ? { scanBytes, ...deep } : { headersOnly: true };
      const found: Finding[] = [];
      for (const part of apartByAllowOutside(files)) {
        const [configs, rest] = [true, false].map((isConfig) =>
          part.files.filter((file) => isConfigFile(file) === isConfig),
        );
        const request = {
          models: rest.map(({ fsPath }) => fsPath),
          configs: configs.map(({ fsPath }) => fsPath),
          allowOutside: part.allowOutside,
          ...depth,
        };
        found.push(...(await this.#engine.run('diagnose', request, { signal })).findings);
      }
      if (deep.scanBytes) this.#deep = found.filter(({ code }) => DEEP.includes(code));
      this.#publish([...found, ...this.#deep.filter((finding) => !isAmong(finding, found))]);
    } catch (error) {
      if (!signal?.aborted) this.#log.error('The workspace could not be diagnosed', error);
    }
  }

  async #lookAt(
    target: vscode.Uri,
    deep: Pick<DiagnoseRequest, 'evaluate' | 'scanBytes'>,
    signal?: AbortSignal,
  ): Promise<void> {
    const request = { models: [target.fsPath], allowOutside: allowOutside(target), ...deep };
    try {
      const { findings, models, checked } = await this.#engine.run('diagnose', request, { signal });
      const isVoid = ({ model, file }: Finding) => (model === null ? checked.includes(file) : models.includes(model));
      const others = (some: readonly Finding[]) => some.filter((finding) => !isVoid(finding));
      this.#deep = [...others(this.#deep), ...findings.filter(({ code }) => DEEP.includes(code))];
      this.#publish([...others(this.#findings), ...findings]);
    } catch (error) {
      if (!signal?.aborted) this.#log.error(`${target.fsPath} could not be diagnosed`, error);
    }
  }

  #publish(findings: readonly Finding[]): void {
    this.#findings = findings;
    this.#byModel = grouped(findings, ({ model }) => model);
    const byFile = grouped(findings, ({ file }) => file);
    this.#collection.clear();
    const diagnostics = (some: readonly Finding[]) => some.map((finding) => new FindingDiagnostic(finding, this.#docs));
    this.#collection.set([...byFile].map(([file, some]) => [vscode.Uri.file(file), diagnostics(some)]));
    this.#changed.fire();
  }
}
