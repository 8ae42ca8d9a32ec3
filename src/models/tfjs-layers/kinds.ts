/** Layers with a matrix or a kernel that their input is multiplied by; `problems.ts` says how. */
export const projectable = new Set(['Dense', 'Conv1D', 'Conv2D', 'Conv3D', 'DepthwiseConv2D', 'SeparableConv2D']);

const recurrent = 'recurrent: its weight multiplies a state that it computes itself';
const transposed = 'a transposed convolution';
const wraps = 'wraps another layer';
const attention = 'its weights multiply values that it computes itself';

/** Layers with weights that are left alone, and why. Normalisation is not among them: it stays as it is by design. */
export const skipReasons: Readonly<Record<string, string>> = {
  Embedding: 'looks vectors up instead of multiplying them',
  PositionEmbedding: 'adds its weight instead of multiplying by it',
  SimpleRNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  RNN: recurrent,
  ConvLSTM2D: recurrent,
  Conv2DTranspose: transposed,
  Conv3DTranspose: transposed,
  Bidirectional: wraps,
  TimeDistributed: wraps,
  PReLU: 'its weights are slopes of an activation',
  EinsumDense: 'its weight is multiplied along axes given by an equation',
  MultiHeadAttention: attention,
  CachedMultiHeadAttention: attention,
  TransformerDecoder: attention,
};

/** Layers that keep the last axis: a classifier's class count passes through them. */
export const keepsLastAxis = new Set([
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

const others = [
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
export const knownClasses: ReadonlySet<string> = new Set([
  ...projectable,
  ...Object.keys(skipReasons),
  ...keepsLastAxis,
  ...others,
]);
