import path from 'node:path';
import type { Work } from '../../contract/progress.js';
import type { ModelRequest } from '../../contract/terms.js';
import { detectFormat } from '../../models/registry.js';
import { findHome } from '../../project/home.js';
import { Bench } from './bench.js';
import { Keeper } from './keeper.js';
import type { Lease } from './slot.js';

/** One model at most, as there may be no room for more. */
const benches = new Keeper<Bench>();

/** The bench of a model: the one that is kept, if it is this model's and no file has changed. @throws LetheError as `Session.open`. */
export async function leaseBench(request: ModelRequest, work: Work): Promise<Lease<Bench>> {
  return benches.lease(await keyOf(request), () => Bench.open(request, work));
}

/** A bench that nothing is left on from earlier jobs, and that is the only one: for jobs that need the memory. */
export async function leaseNewBench(request: ModelRequest, work: Work): Promise<Lease<Bench>> {
  await dropBench();
  return leaseBench(request, work);
}

/** Frees the memory that is kept. */
export async function dropBench(): Promise<void> {
  await benches.drop();
}

/** The same, unless it is this model that is kept. */
export async function dropOtherBench(request: ModelRequest): Promise<void> {
  if (!benches.has(await keyOf(request))) await benches.drop();
}

async function keyOf(request: ModelRequest): Promise<string> {
  const { path: model } = await detectFormat(request.model);
  const { config } = await findHome(model, request.config);
  const { allowOutside = false, threads } = request;
  return JSON.stringify([path.resolve(model), config && path.resolve(config), allowOutside, threads]);
}
