import * as vscode from 'vscode';
import type { EnvironmentResult } from '../../contract/models.js';
import { reportOf } from '../../project/errorReport.js';
import type { EnvironmentServices } from './services.js';

type Section = EnvironmentResult['sections'][number];

/** What the page says, also where the engine does not start: it is for those to whom nothing works. */
export async function writePage(services: EnvironmentServices): Promise<readonly Section[]> {
  const editor = editorSection(services);
  try {
    const { sections } = await services.engine.run('environment', { startTensorFlow: true });
    return [editor, ...sections];
  } catch (error) {
    services.log.error('Asking the engine for its environment', error);
    const { code, message, file, hint } = reportOf(error);
    const rows = Object.entries({ code, message, file, hint }).flatMap(([name, value]) =>
      value ? { name, value } : [],
    );
    return [editor, { title: 'The engine gives no answer', rows }];
  }
}

function editorSection({ context: { extension }, engine }: EnvironmentServices): Section {
  const { version } = extension.packageJSON as { version: string };
  return {
    title: 'Editor',
    rows: [
      { name: 'Product', value: `${vscode.env.appName} ${vscode.version}` },
      { name: 'Runs on', value: vscode.env.remoteName ?? 'this machine' },
      { name: 'Extension', value: `${version} in ${extension.extensionPath}` },
      { name: 'Storage', value: engine.storage },
      { name: 'Extension host', value: `Node ${process.versions.node}, ${process.platform} ${process.arch}` },
    ],
  };
}

/** Sections as aligned text. */
export function pageText(sections: readonly Section[]): string {
  const width = Math.max(...sections.flatMap(({ rows }) => rows.map(({ name }) => name.length)));
  const indent = ' '.repeat(width + 4);
  return sections
    .map(({ title, rows }) =>
      [
        title,
        ...rows.map(({ name, value }) => `  ${name.padEnd(width)}  ${value.replaceAll('\n', `\n${indent}`)}`),
        '',
      ].join('\n'),
    )
    .join('\n');
}
