import path from 'node:path';
import { IMAGE_NAME } from '../../../data/formats/imageFolder.js';
import type { Finder } from '../finding.js';
import type { Walk } from '../walk.js';

/** Entries of a class's folder that are looked at. */
const PEEK = 32;
/** Folders of which the first few show no image: this folder is no data set, whatever else is in it. */
const PATIENCE = 64;

/** A folder with at least two folders of images, one for each class. */
export const classFolders: Finder = async ({ folder, subfolders }, { walk }) => {
  const classes: string[] = [];
  let without = 0;
  for (const name of subfolders) {
    if (isSplit(name)) continue;
    if (await holdsImages(path.join(folder, name), walk)) classes.push(name);
    else if (classes.length === 0 && ++without >= PATIENCE) break;
  }
  if (classes.length < 2) return [];
  for (const name of classes) subfolders.delete(name);
  return [
    {
      title: 'Class folders',
      files: [folder],
      source: { format: 'imageFolder', path: folder, interpolation: 'bilinear' },
    },
  ];
};

/** Whether a name is that of a split and nothing else: `train`, `val2017`, but not the class `test tube`. */
function isSplit(name: string): boolean {
  return /^(train(ing)?|test(ing)?|val(id|idation)?|eval(uation)?|dev)[\W_\d]*$/i.test(name);
}

/** Images lie in the folder, or in the only folder in it (as in Tiny ImageNet). */
async function holdsImages(folder: string, walk: Walk): Promise<boolean> {
  const { files, subfolders } = await walk.list(folder, PEEK);
  if (files.some((name) => IMAGE_NAME.test(name))) return true;
  if (subfolders.size !== 1) return false;
  const [only] = subfolders;
  const inner = await walk.list(path.join(folder, only), PEEK);
  return inner.files.some((name) => IMAGE_NAME.test(name));
}
