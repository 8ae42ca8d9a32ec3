import { createHash } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactLocation, Location, Log, ReportingDescriptor, Result } from 'sarif';
import type { DiagnoseResult, Finding } from '../contract/findings.js';
import type { TextRange } from '../contract/terms.js';
import { codes, type FindingCode } from '../engine/diagnose/codes.js';

export interface SarifOptions {
  readonly version: string;
  /** Files in it are named relative to it. */
  readonly root: string;
  /** The page that explains the codes, where it is at hand. */
  readonly docs: URL | null;
}

const LEVELS = { error: 'error', warning: 'warning', information: 'note' } as const;
const ROOT = 'SRCROOT';
const names = Object.keys(codes) as FindingCode[];

/** Findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/). */
export function toSarif({ findings }: DiagnoseResult, options: SarifOptions): Log {
  const { version, root, docs } = options;
  const seen = new Map<string, number>();
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Lethe', semanticVersion: version, rules: names.map((name) => rule(name, docs)) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [ROOT]: { uri: pathToFileURL(root + path.sep).href } },
        results: findings.map((finding) => result(finding, root, seen)),
      },
    ],
  };
}

function rule(code: FindingCode, docs: URL | null): ReportingDescriptor {
  const { title, severity } = codes[code];
  return {
    id: code,
    shortDescription: { text: `${title[0].toUpperCase()}${title.slice(1)}.` },
    help: { text: `Explained in docs/diagnostics.md#${code} of Lethe.` },
    ...(docs && { helpUri: new URL(`#${code}`, docs).href }),
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function result(finding: Finding, root: string, seen: Map<string, number>): Result {
  const { code, severity, file, range, message, hint, related } = finding;
  return {
    ruleId: code,
    ruleIndex: names.indexOf(code as FindingCode),
    level: LEVELS[severity],
    message: { text: hint ? `${message}. ${hint}` : message },
    locations: [location(file, range, root)],
    ...(related.length > 0 && {
      relatedLocations: related.map((entry, id) => ({
        id,
        ...location(entry.file, entry.range, root),
        message: { text: entry.message },
      })),
    }),
    partialFingerprints: { 'letheFinding/v1': fingerprint(finding, root, seen) },
  };
}

/**
 * The same for the same finding, wherever its line has moved to, and whatever was measured since. Findings that can't be told
 * apart are numbered.
 */
function fingerprint({ code, file, model, message }: Finding, root: string, seen: Map<string, number>): string {
  const constant = message.replace(/\d+(\.\d+)?%/g, '%').replace(/\d{4}-\d\d-\d\d/g, 'DATE');
  const where = [file, model ?? ''].map((name) => name && artifact(name, root).uri);
  const subject = [code, ...where, constant].join('\n');
  const before = seen.get(subject) ?? 0;
  seen.set(subject, before + 1);
  return createHash('sha256').update(`${subject}\n${before}`).digest('hex').slice(0, 32);
}

function location(file: string, range: TextRange | null, root: string): Location {
  const { line: startLine, column: startColumn, endLine, endColumn } = range ?? {};
  return {
    physicalLocation: {
      artifactLocation: artifact(file, root),
      ...(range && { region: { startLine, startColumn, endLine, endColumn } }),
    },
  };
}

function artifact(file: string, root: string): ArtifactLocation {
  const relative = path.relative(root, file);
  if (relative.split(path.sep)[0] === '..' || path.isAbsolute(relative)) return { uri: pathToFileURL(file).href };
  const uri = relative.split(path.sep).map(encodeURIComponent).join('/');
  return { uri: uri === '' ? '.' : uri, uriBaseId: ROOT };
}
