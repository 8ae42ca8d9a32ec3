// A parent of an engine process: starts it, says which it is, asks it for a job, and stays until it is killed or told to leave.
import { EngineProcess } from '../../../src/client/engineProcess.js';

const [, , entry, job, leave] = process.argv;
const engine = new EngineProcess({ entry });
const facts = await engine.run('describe', { do: 'facts' } as never);
engine.run('describe', { do: job } as never).catch(() => {});
console.log(JSON.stringify(facts));
// As an extension host does, which does not wait for long.
if (leave) {
  engine.dispose();
  setTimeout(() => process.exit(), 10);
}
