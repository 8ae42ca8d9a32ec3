/** Variables that would make the engine another program than the one that was tested. */
const REMOVED = ['NODE_OPTIONS', 'NODE_PATH', 'VSCODE_INSPECTOR_OPTIONS', 'ELECTRON_RUN_AS_NODE', 'ELECTRON_NO_ASAR'];

/**
 * The environment of the engine process.
 * @param folder where it puts temporary files: whatever it leaves there goes with it.
 * @param memory bytes above which it is killed: it refuses what would not fit.
 */
export function childEnvironment(
  folder: string,
  memory: number,
  added: Readonly<Record<string, string | undefined>> = {},
): NodeJS.ProcessEnv {
  // On Windows, names differ in case.
  const kept = Object.entries(process.env).filter(([name]) => !REMOVED.includes(name.toUpperCase()));
  return {
    ...Object.fromEntries(kept),
    // The editor's program is Electron: these make it a plain Node. Any other Node ignores them.
    ELECTRON_RUN_AS_NODE: '1',
    ELECTRON_NO_ASAR: '1',
    ORT_DISABLE_TELEMETRY: '1',
    LETHE_ENGINE_FOLDER: folder,
    LETHE_ENGINE_MEMORY: String(Math.floor(memory)),
    TMPDIR: folder,
    TEMP: folder,
    TMP: folder,
    ...added,
  };
}
