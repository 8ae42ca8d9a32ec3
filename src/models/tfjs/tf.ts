type Core = typeof import('@tensorflow/tfjs-core');
type Layers = typeof import('@tensorflow/tfjs-layers');
type Converter = typeof import('@tensorflow/tfjs-converter');

/** TensorFlow.js: its three packages as one, as `@tensorflow/tfjs` exports them. */
export type Tf = Omit<Core, keyof Converter> & Layers & Converter;
