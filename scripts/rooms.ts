/**
 * Measures how the folders of the sources depend on each other, for docs/architecture.md: rooms (the subfolders of a folder and
 * its own files), arrows between them, floors, circles, and the largest files. Run it in the root of a checkout.
 *
 *   npx tsx scripts/rooms.ts [FOLDER ...] [--json]     default: the sources and their largest parts
 *   npx tsx scripts/rooms.ts --shared src/contract     and who imports a folder or file that is shared
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Arrow } from './rooms/graph.js';
import { type Circle, type House, houseOf } from './rooms/house.js';
import { type Imports, isIn, readImports } from './rooms/imports.js';

const FOLDERS = ['src', 'src/engine', 'src/extension', 'src/data', 'src/models', 'webview/studio'];
const LARGEST = 5;

interface Lines {
  readonly file: string;
  readonly lines: number;
}

interface Measured extends House {
  /** The largest files. */
  readonly largest: readonly Lines[];
}

/** How many files of each part import what is shared, and how many import each file of it. */
interface Shared {
  readonly name: string;
  readonly parts: readonly { readonly part: string; readonly importing: number; readonly modules: number }[];
  readonly files: readonly { readonly file: string; readonly importing: number }[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    shared: { type: 'string', default: 'src/contract' },
  },
});
const folders = positionals.length > 0 ? positionals.map((name) => name.replace(/\/+$/, '')) : FOLDERS;
const missing = folders.filter((folder) => !existsSync(folder));
if (missing.length > 0) throw new Error(`there is no folder ${missing.join(', ')} in ${process.cwd()}`);

const imports = await readImports(['src', 'webview', ...folders.filter((folder) => !/^(src|webview)\b/.test(folder))]);
const houses = folders.map(
  (folder): Measured => ({ ...houseOf(folder, imports), largest: largestIn(folder, imports) }),
);
const shared = sharedBy(values.shared, imports);

if (values.json) console.log(JSON.stringify({ houses, shared }, null, 2));
else console.log([summary(houses), ...houses.map(details), sharedText(shared)].join('\n\n'));

function largestIn(folder: string, { modules }: Imports): Lines[] {
  return modules
    .filter((file) => isIn(file, folder))
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
    .sort((a, b) => b.lines - a.lines)
    .slice(0, LARGEST);
}

function sharedBy(name: string, { modules, imports }: Imports): Shared {
  const uses = imports.filter(({ from, to }) => isIn(to, name) && !isIn(from, name));
  const importing = new Set(uses.map(({ from }) => from));
  const partOf = (file: string) => /^(src\/[^/]+|[^/]+)/.exec(file)![0];
  const parts = [...new Set(modules.map(partOf))]
    .filter((part) => !isIn(part, name))
    .map((part) => {
      const inPart = modules.filter((file) => isIn(file, part));
      return { part, importing: inPart.filter((file) => importing.has(file)).length, modules: inPart.length };
    });
  const files = modules
    .filter((file) => isIn(file, name))
    .map((file) => ({ file, importing: new Set(uses.filter(({ to }) => to === file).map(({ from }) => from)).size }))
    .sort((a, b) => b.importing - a.importing);
  return { name, parts, files };
}

function summary(all: readonly Measured[]): string {
  const rows = all.map((house) => {
    const inner = house.inner.flatMap(({ circles }) => circles);
    return [
      `\`${house.folder}\``,
      `${house.modules}`,
      `${Object.keys(house.rooms).length}`,
      `${house.arrows.length}`,
      `${house.floors.length}`,
      circleCount(house.circles),
      `${house.circles.flatMap((circle) => circle.upward).length}`,
      circleCount(inner),
      `${house.largest[0]?.lines ?? 0}`,
    ];
  });
  const head = ['folder', 'modules', 'rooms', 'arrows', 'floors', 'circles', 'arrows back up', 'circles further in'];
  return table([...head, 'largest file'], rows);
}

/** `2 (of 5 and 3 rooms)`. */
function circleCount(circles: readonly Circle[]): string {
  if (circles.length === 0) return '0';
  return `${circles.length} (of ${circles.map(({ rooms }) => rooms.length).join(', ')} rooms)`;
}

function details(house: Measured): string {
  const named = (room: string) => (room.endsWith('/') ? `${room} (${house.rooms[room]})` : room);
  const lines = house.floors
    .map((rooms, floor) => `  floor ${floor}: ${[...rooms].sort().map(named).join('  ')}`)
    .reverse();
  for (const { folder, circles } of [house, ...house.inner]) {
    for (const circle of circles) {
      lines.push(`  circle in ${folder}: ${circle.rooms.join('  ')}`, ...circle.upward.map(arrowText));
    }
  }
  const largest = house.largest.map(({ file, lines }) => `${file.slice(house.folder.length + 1)} ${lines}`);
  return [house.folder, ...lines, `  largest: ${largest.join(', ')}`].join('\n');
}

function arrowText({ from, to, weight }: Arrow): string {
  return `    back up: ${from} -> ${to} (${weight} ${weight === 1 ? 'import' : 'imports'})`;
}

function sharedText({ name, parts, files }: Shared): string {
  if (files.length === 0) return `There is no ${name}.`;
  const total = parts.reduce((sum, { importing }) => sum + importing, 0);
  const users = parts.filter(({ importing }) => importing > 0);
  return [
    `${name} is imported by ${total} modules`,
    ...users.map(({ part, importing, modules }) => `  ${part}: ${importing} of ${modules}`),
    `  its files: ${files.map(({ file, importing }) => `${file.split('/').at(-1)} ${importing}`).join(', ')}`,
  ].join('\n');
}

/** A table in Markdown that can be read as it is. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at].length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
