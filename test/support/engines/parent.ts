// A parent of an engine process: starts it, says which it is, and stays until it is killed.
import { EngineProcess } from '../../../src/client/engineProcess.js';

const engine = new EngineProcess({ entry: process.argv[2] });
const facts = await engine.run('describe', { do: 'facts' } as never);
console.log(JSON.stringify(facts));
engine.run('describe', { do: process.argv[3] } as never).catch(() => {});
