import path from 'node:path';
import type { Work } from '../../contract/progress.js';
import type { ModelRequest } from '../../contract/terms.js';
import { locateModel, type ModelLocation } from '../open/location.js';
import { Keeper } from './keeper.js';
import { LoadedModel } from './loadedModel.js';
import type { Lease } from './slot.js';

/** One model at most, as there may be no room for more. */
const models = new Keeper<LoadedModel>();

/** An opened model: the one that is kept, if it is the one asked for and no file has changed. @throws LetheError as `Session.open`. */
export async function leaseModel(request: ModelRequest, work: Work): Promise<Lease<LoadedModel>> {
  const location = await locateModel(request);
  return models.lease(keyOf(location, request), () => LoadedModel.open(location, request, work));
}

/** The same with nothing left on it from earlier jobs, and with no other model beside it: for jobs that need the memory. */
export async function leaseModelAlone(request: ModelRequest, work: Work): Promise<Lease<LoadedModel>> {
  const lease = await leaseModel(request, work);
  try {
    await lease.value.clear();
    return lease;
  } catch (error) {
    await lease.release();
    throw error;
  }
}

/** Frees the memory that is kept. */
export async function dropModel(): Promise<void> {
  await models.drop();
}

/** The same, unless it is this model that is kept. */
export async function dropOtherModel(location: ModelLocation, request: ModelRequest): Promise<void> {
  if (!models.has(keyOf(location, request))) await models.drop();
}

function keyOf({ path: model, home }: ModelLocation, { allowOutside = false, threads }: ModelRequest): string {
  return JSON.stringify([path.resolve(model), home.config && path.resolve(home.config), allowOutside, threads]);
}
