import { z } from 'zod';

const path = (what: string) => z.string().min(1).describe(what);
const size = z.int().min(1).max(65_535);

const scale = z
  .number()
  .positive()
  .optional()
  .describe(
    'The stored value that means 1.0. Default: 255 for bytes, 65535 for 16-bit unsigned integers, 1 for all other types.',
  );

const layout = z
  .enum(['nhwc', 'nchw'])
  .optional()
  .describe('Order of the axes of stored images. Needed only where the sizes leave it open.');

const idx = z
  .strictObject({
    format: z.literal('idx'),
    images: path('IDX file of the samples, gzipped or not.'),
    labels: path('IDX file of the labels, gzipped or not.'),
    layout,
    scale,
  })
  .describe('IDX files, as of MNIST.');

const imageFolder = z
  .strictObject({
    format: z.literal('imageFolder'),
    path: path('Folder with one folder of images for each class.'),
    resize: z
      .union([size, z.tuple([size, size])])
      .optional()
      .describe('Length of the shorter side, or the exact [height, width].'),
    crop: z
      .union([size, z.tuple([size, size])])
      .optional()
      .describe('Size of the piece cut from the centre after resizing: one number for a square, or [height, width].'),
    interpolation: z
      .enum(['bilinear', 'bicubic', 'lanczos', 'box'])
      .default('bilinear')
      .describe('Filter for resizing, antialiased as in Pillow.'),
  })
  .describe('Image files; the class is the name of the folder, or its output index.');

const cifar10 = z
  .strictObject({
    format: z.literal('cifar10'),
    path: path('Folder of the binary version of CIFAR-10 or CIFAR-100.'),
    batches: z
      .array(path('A file of the folder.'))
      .min(1)
      .optional()
      .describe('The files to read. Default: the training files that exist.'),
  })
  .describe('CIFAR-10 or CIFAR-100, binary version.');

const npz = z
  .strictObject({
    format: z.literal('npz'),
    path: path('File written by numpy.savez or numpy.savez_compressed.'),
    x: path('Name of the array of samples.'),
    y: path('Name of the array of labels: class indices, or one-hot rows.'),
    layout,
    scale,
  })
  .describe('Two arrays of a NumPy archive.');

const csv = z
  .strictObject({
    format: z.literal('csv'),
    path: path('Text file with one sample a line.'),
    label: z
      .union([z.string().min(1), z.int().min(0)])
      .describe('The column of the labels, by name or by index from 0. Its values are class names or output indices.'),
    delimiter: z.string().length(1).default(',').describe('The character between two columns.'),
    header: z
      .boolean()
      .optional()
      .describe(
        'Whether the first line holds column names. Default: it does if a feature column of it is not a number.',
      ),
    shape: z
      .union([z.tuple([size, size]), z.tuple([size, size, size])])
      .optional()
      .describe(
        '[height, width] or [height, width, channels], if the columns are the pixels of an image, channels last.',
      ),
    scale: z
      .number()
      .positive()
      .optional()
      .describe('The stored value that means 1.0. Default: 255 for pixels, 1 for other features.'),
  })
  .describe('Numbers as text.');

/** Where labelled samples come from, as `lethe.json` states it. Paths are relative to that file. */
export const dataSource = z.discriminatedUnion('format', [idx, imageFolder, cifar10, npz, csv]);

export type DataSource = z.output<typeof dataSource>;
export type DataFormat = DataSource['format'];
/** The source of one format. */
export type SourceOf<Format extends DataFormat> = Extract<DataSource, { format: Format }>;
