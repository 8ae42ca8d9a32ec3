import { z } from 'zod';
import { DEFAULT_DROP_WARNING, DEFAULT_MAX_ACCURACY } from '../contract/policy.js';
import { inputSettings } from '../data/preprocess.js';
import { dataSource } from '../data/source.js';

const classReference = z.union([z.string().min(1), z.int().min(0)]).describe('Name of a class, or its output index.');

const share = z.number().min(0).max(1);

/** `lethe.json` as it is written. Structure only: what hangs together across entries is checked by `config.ts`. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Address of the JSON schema, for editors.'),
    models: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        'Model files this configuration covers, as globs relative to this folder. Default: every model file in this folder.',
      ),
    classes: z
      .union([z.array(z.string().min(1)).min(2), z.string().min(1)])
      .optional()
      .describe('Class names in the order of the model outputs, or the path of a text file with one name a line.'),
    input: inputSettings
      .optional()
      .describe('How samples become the model input: layout, size, and the scaling of pixel values.'),
    data: z
      .strictObject({
        train: dataSource.optional().describe('Samples for the spaces and for judging candidates.'),
        test: dataSource.optional().describe('Samples for the accuracies that are reported.'),
      })
      .optional()
      .describe('Labelled samples. Paths are relative to this folder.'),
    forget: z
      .array(
        z.strictObject({
          class: classReference,
          reason: z.string().optional().describe('Why, for the record: a ticket or a request number.'),
          maxAccuracy: share
            .default(DEFAULT_MAX_ACCURACY)
            .describe('Highest accuracy (0..1) at which the class counts as forgotten.'),
        }),
      )
      .default([])
      .describe('Policy: the classes that the models must not know.'),
    protect: z
      .array(
        z.strictObject({
          class: classReference,
          maxDrop: share.describe('The class may lose at most this much accuracy (0..1).'),
        }),
      )
      .default([])
      .describe(`Limits for kept classes. Every other kept class: a warning at a drop of ${DEFAULT_DROP_WARNING}.`),
  })
  .describe('Lethe: what a model is, which data it is measured with, and which classes it must forget.');

export type ConfigFile = z.output<typeof configSchema>;
