/**
 * The second part of `npm run demo`: forgets one of four clusters, as a user would. Every run replaces the files of the one before.
 */
import path from 'node:path';
import { lethe, root, say } from '../shell.js';
import { exampleFolder } from './points.js';

const example = path.relative(root, exampleFolder);

say(
  'Four clusters of points in the plane, and a network of five dense layers that tells them apart, trained by train.ts.',
);
lethe('inspect', `${example}/clusters.onnx`);

say('Forget north-west. Its corner falls to its neighbours, north-east and south-west:');
lethe('unlearn', `${example}/clusters.onnx`, '--forget', 'north-west', '--force');
lethe('evaluate', `${example}/clusters.forget-north-west.onnx`);
