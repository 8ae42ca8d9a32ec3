/**
 * ONNX Runtime 1.29 and later tells Microsoft of every model it opens, with the file's name and hashes, unless this is set
 * before the library loads. What a model had to forget is nobody else's business.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
