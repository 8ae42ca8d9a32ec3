import { EXIT } from './exit.js';
import { run } from './program.js';

const controller = new AbortController();
const signals = ['SIGINT', 'SIGTERM'] as const;

/** The first Ctrl-C stops the job at its next chunk; with the handlers gone, a second one ends the process at once. */
function stop(): void {
  for (const signal of signals) process.off(signal, stop);
  controller.abort();
}
for (const signal of signals) process.on(signal, stop);

// A reader that has seen enough (`lethe inspect m.onnx | head -1`) is no failure; a full disk behind `> file` is one.
process.stderr.on('error', () => {});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`error: the result could not be printed: ${error.message}\n`);
  process.exit(EXIT.failed);
});

async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed) return;
  await new Promise<void>((resolve) => stream.write('', () => resolve()));
}

const { stdout, stderr } = process;
run(process.argv.slice(2), { stdout, stderr, signal: controller.signal }).then(async (code) => {
  await Promise.all([flushed(stdout), flushed(stderr)]);
  // Runtimes may keep threads and handles open that would hold the process back.
  process.exit(code);
});
