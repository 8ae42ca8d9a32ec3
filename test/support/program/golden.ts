import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { prettyJson } from '../../../src/project/prettyJson.js';

/** How far a number may be from the golden one: processors round differently. */
const TOLERANCE = 0.02;

/**
 * Compares a JSON document with a file of `test/fixtures/golden`: the same structure and texts, and the same numbers within
 * 0.02, absolute or relative. `UPDATE_GOLDEN=1` writes the file instead.
 */
export async function expectGolden(value: unknown, name: string): Promise<void> {
  const file = fileURLToPath(new URL(`../../fixtures/golden/${name}.json`, import.meta.url));
  if (process.env.UPDATE_GOLDEN) await writeFile(file, `${prettyJson(value)}\n`);
  const golden = JSON.parse(await readFile(file, 'utf8'));
  expect(snapped(JSON.parse(JSON.stringify(value)), golden)).toEqual(golden);
}

/** The value with every number that is near enough replaced by the golden one, so that a difference shows where it is. */
function snapped(value: unknown, golden: unknown): unknown {
  if (typeof value === 'number' && typeof golden === 'number') {
    return Math.abs(value - golden) <= TOLERANCE * Math.max(1, Math.abs(golden)) ? golden : value;
  }
  if (Array.isArray(value) && Array.isArray(golden)) return value.map((entry, at) => snapped(entry, golden[at]));
  if (isObject(value) && isObject(golden)) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, snapped(entry, golden[key])]));
  }
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
