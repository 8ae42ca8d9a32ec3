import * as vscode from 'vscode';

/** The output channel "Lethe". */
export interface Log extends vscode.Disposable {
  info(message: string): void;
  warn(message: string): void;
  /** Writes what was tried and what came of it, with the stack where it is a defect. */
  error(tried: string, error: unknown): void;
  show(): void;
}

/** Made when the first line is written: an empty channel is of no use to anybody. */
export function createLog(): Log {
  let channel: vscode.LogOutputChannel | undefined;
  const open = () => {
    channel ??= vscode.window.createOutputChannel('Lethe', { log: true });
    return channel;
  };
  return {
    info: (message) => open().info(message),
    warn: (message) => open().warn(message),
    error: (tried, error) =>
      open().error(`${tried}: ${error instanceof Error ? (error.stack ?? error.message) : error}`),
    show: () => open().show(true),
    dispose: () => channel?.dispose(),
  };
}
