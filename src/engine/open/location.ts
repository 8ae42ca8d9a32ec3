import type { ModelRequest } from '../../contract/terms.js';
import { type DetectedModel, detectFormat } from '../../models/registry.js';
import { findHome, type ModelHome } from '../../project/home.js';

/** Where a model is, what reads it, and where what is said and kept of it lies: settled once, when a job begins. */
export interface ModelLocation extends DetectedModel {
  readonly home: ModelHome;
}

/** @throws LetheError as `detectFormat` and `findHome`. */
export async function locateModel(request: ModelRequest): Promise<ModelLocation> {
  const detected = await detectFormat(request.model);
  return { ...detected, home: await findHome(detected.path, request.config) };
}
