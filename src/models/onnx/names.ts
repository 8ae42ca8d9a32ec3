import type { NodeProto } from 'onnx-buf';

/** Names that an exporter made up: `onnx::Conv_62`, `131`, `val_7`. */
const MADE_UP = /^(onnx::|_?\d+$|val_\d+$|.*\/Constant(_\d+)?_output)/;

/**
 * A name that the author of the model would recognise: the weight's own without `.weight` (`stem.0`), or else the module
 * path of its node (PyTorch's `/e/e.0/qkv/MatMul` is `e.0.qkv`).
 */
export function layerName(tensorName: string, node: NodeProto): string {
  if (tensorName !== '' && !MADE_UP.test(tensorName)) return tensorName.replace(/\.weight$/, '') || tensorName;
  return nodePath(node);
}

/** The module path that PyTorch notes in a node or puts into its name, or else the node's own name. */
export function nodePath(node: NodeProto): string {
  const name = node.name || node.output[0] || node.opType;
  const noted = node.metadataProps.find(({ key }) => key === 'pkg.torch.onnx.name_scopes')?.value;
  if (noted !== undefined) {
    // A list in Python's notation, from the whole model down to the function: ['', 'e', 'e.0', 'e.0.qkv', 'linear'].
    const scopes = [...noted.matchAll(/'([^']*)'/g)].map((match) => match[1]);
    return scopes.at(-2) || scopes.at(-1) || name;
  }
  if (!name.startsWith('/')) return name;
  const scopes = name.split('/').slice(1, -1);
  // PyTorch repeats a container's path in its children: /f/f.0/f.0.0.
  const path = scopes.filter((scope, i) => !scopes[i + 1]?.startsWith(`${scope}.`));
  return path.length > 0 ? path.join('.') : name.slice(1);
}

/** Makes names unique in order: `a`, `a#2`, `a#3`. */
export class UniqueNames {
  readonly #taken = new Set<string>();

  add(name: string): string {
    let unique = name;
    for (let i = 2; this.#taken.has(unique); i++) unique = `${name}#${i}`;
    this.#taken.add(unique);
    return unique;
  }
}
