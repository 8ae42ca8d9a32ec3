import { freshPackage } from '../support/program/package.js';

/** The tests install the package of the sources as they are. */
export default async function globalSetup(): Promise<void> {
  await freshPackage();
}
