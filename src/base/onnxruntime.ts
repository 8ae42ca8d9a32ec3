// The one place that loads ONNX Runtime; the order of the two lines matters.
import './telemetry.js';

export * from 'onnxruntime-node';
