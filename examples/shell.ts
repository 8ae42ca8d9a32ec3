import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The project's folder: paths in commands are relative to it. */
export const root = fileURLToPath(new URL('..', import.meta.url));

export function say(text: string): void {
  console.log(`\n${text}\n`);
}

/** Runs the built command line in the project's folder and shows the command; a failure ends the demo with the same exit code. */
export function lethe(...args: string[]): void {
  console.log(`$ npx lethe ${args.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, ['dist/lethe.cjs', ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
