import { type Arrow, components, floors, upward } from './graph.js';
import { type Imports, isIn } from './imports.js';

/** A circle of rooms, and the arrows without which it is none. */
export interface Circle {
  readonly rooms: readonly string[];
  readonly upward: readonly Arrow[];
}

/** A folder as a house: its rooms are its subfolders, with all in them, and its own files. */
export interface House {
  readonly folder: string;
  /** Files, at any depth. */
  readonly modules: number;
  /** Names of the rooms with their numbers of files; those of subfolders end in `/`. */
  readonly rooms: Readonly<Record<string, number>>;
  /** What imports what, with the number of imports. */
  readonly arrows: readonly Arrow[];
  /** Rooms by the longest way down from them; the first floor imports no other room. */
  readonly floors: readonly (readonly string[])[];
  readonly circles: readonly Circle[];
  /** Circles among the rooms of folders further in. */
  readonly inner: readonly { readonly folder: string; readonly circles: readonly Circle[] }[];
}

/** Measures a folder. */
export function houseOf(folder: string, imports: Imports): House {
  const plan = planOf(folder, imports);
  const inner = foldersIn(folder, imports.modules)
    .map((each) => ({ folder: each, circles: planOf(each, imports).circles }))
    .filter(({ circles }) => circles.length > 0);
  return { folder, ...plan, inner };
}

function planOf(folder: string, { modules, imports }: Imports): Omit<House, 'folder' | 'inner'> {
  const files = modules.filter((file) => isIn(file, folder));
  const rooms: Record<string, number> = {};
  for (const file of files) rooms[roomOf(file, folder)] = (rooms[roomOf(file, folder)] ?? 0) + 1;
  const names = Object.keys(rooms);

  const weights = new Map<string, Arrow>();
  for (const each of imports) {
    if (!isIn(each.from, folder) || !isIn(each.to, folder)) continue;
    const [from, to] = [roomOf(each.from, folder), roomOf(each.to, folder)];
    if (from === to) continue;
    const key = `${from} ${to}`;
    weights.set(key, { from, to, weight: (weights.get(key)?.weight ?? 0) + 1 });
  }
  const arrows = [...weights.values()];
  const circles = components(names, arrows)
    .filter((component) => component.length > 1)
    .map((component) => ({ rooms: component, upward: upward(component, arrows) }));
  return { modules: files.length, rooms, arrows, floors: floors(names, arrows), circles };
}

/** `jobs/` for anything in a subfolder, `policy.ts` for a file of the folder itself. */
function roomOf(file: string, folder: string): string {
  const [first, ...rest] = file.slice(folder.length + 1).split('/');
  return rest.length > 0 ? `${first}/` : first;
}

function foldersIn(folder: string, modules: readonly string[]): string[] {
  const found = new Set<string>();
  for (const file of modules) {
    if (!isIn(file, folder)) continue;
    const parts = file.slice(folder.length + 1).split('/');
    for (let depth = 1; depth < parts.length; depth++) found.add(`${folder}/${parts.slice(0, depth).join('/')}`);
  }
  return [...found].sort();
}
