const { appendFileSync } = require('node:fs');

/** Runs the module that LETHE_HOST_ENTRY names, and tells its end in the file that LETHE_HOST_RESULTS names. */
exports.activate = () => {
  const { LETHE_HOST_ENTRY: entry, LETHE_HOST_RESULTS: results } = process.env;
  if (!entry || !results) return;
  const tell = (error) => {
    appendFileSync(results, `${JSON.stringify({ kind: 'end', error: error ? String(error.stack ?? error) : null })}\n`);
  };
  // Not awaited: the editor would take it for an activation that hangs.
  Promise.resolve()
    .then(() => require(entry).run())
    .then(() => tell(null), tell);
};
