/** Layers with a matrix or a kernel that their input is multiplied by; `problems.ts` says how. */
export const PROJECTABLE = new Set(['Dense', 'Conv1D', 'Conv2D', 'Conv3D', 'DepthwiseConv2D', 'SeparableConv2D']);

const RECURRENT = 'recurrent: its weight multiplies a state that it computes itself';
const TRANSPOSED = 'a transposed convolution';
const WRAPS = 'wraps another layer';
const ATTENTION = 'its weights multiply values that it computes itself';

/** Layers with weights that are left alone, and why. Normalisation is not among them: it stays as it is by design. */
export const SKIP_REASONS: Readonly<Record<string, string>> = {
  Embedding: 'looks vectors up instead of multiplying them',
  PositionEmbedding: 'adds its weight instead of multiplying by it',
  SimpleRNN: RECURRENT,
  GRU: RECURRENT,
  LSTM: RECURRENT,
  RNN: RECURRENT,
  ConvLSTM2D: RECURRENT,
  Conv2DTranspose: TRANSPOSED,
  Conv3DTranspose: TRANSPOSED,
  Bidirectional: WRAPS,
  TimeDistributed: WRAPS,
  PReLU: 'its weights are slopes of an activation',
  EinsumDense: 'its weight is multiplied along axes given by an equation',
  MultiHeadAttention: ATTENTION,
  CachedMultiHeadAttention: ATTENTION,
  TransformerDecoder: ATTENTION,
};

/** Layers that keep the last axis: a classifier's class count passes through them. */
export const KEEPS_LAST_AXIS = new Set([
  'Activation',
  'AlphaDropout',
  'AveragePooling1D',
  'AveragePooling2D',
  'AveragePooling3D',
  'BatchNormalization',
  'Dropout',
  'ELU',
  'GaussianDropout',
  'GaussianNoise',
  'GlobalAveragePooling1D',
  'GlobalAveragePooling2D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'LayerNormalization',
  'LeakyReLU',
  'MaxPooling1D',
  'MaxPooling2D',
  'MaxPooling3D',
  'ReLU',
  'Softmax',
  'SpatialDropout1D',
  'ThresholdedReLU',
]);

const OTHERS = [
  'Add',
  'Average',
  'CategoryEncoding',
  'CenterCrop',
  'Concatenate',
  'Cropping2D',
  'Dot',
  'Flatten',
  'InputLayer',
  'Masking',
  'Maximum',
  'Minimum',
  'Multiply',
  'Permute',
  'RandomHeight',
  'RandomWidth',
  'RepeatVector',
  'Rescaling',
  'Reshape',
  'Resizing',
  'UpSampling2D',
  'ZeroPadding2D',
];

/** Every class of layer that TensorFlow.js can build a classifier from. */
export const KNOWN_CLASSES: ReadonlySet<string> = new Set([
  ...PROJECTABLE,
  ...Object.keys(SKIP_REASONS),
  ...KEEPS_LAST_AXIS,
  ...OTHERS,
]);
