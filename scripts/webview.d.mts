export function buildWebview(folder: string): Promise<void>;
