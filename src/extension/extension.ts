import type { ExtensionContext } from 'vscode';
import { registerCommands } from './commands/register.js';
import { Diagnostics } from './diagnostics/publisher.js';
import { registerQuickFixes } from './diagnostics/quickFixes.js';
import { registerEnvironment } from './environment/show.js';
import { showJobsInStatusBar } from './jobs/statusBar.js';
import { createServices, type Services } from './services.js';
import { registerStudio } from './studio/editor.js';
import { StudioSession } from './studio/session.js';
import { putLetheOnPath } from './terminal.js';
import { registerViews } from './views.js';

/** What the extension is made of, for the tests that run beside it. No promise to other extensions. */
export interface ExtensionParts {
  readonly services: Services;
  readonly diagnostics: Diagnostics;
  readonly studio: StudioSession;
}

/** Registers everything and does nothing: what is heavy begins when a view, a command or an editor asks for it. */
export function activate(context: ExtensionContext): ExtensionParts {
  const services = createServices(context);
  const diagnostics = new Diagnostics(services.engine, services.models, services.log, context.extensionUri);
  const studio = new StudioSession(services, diagnostics);
  putLetheOnPath(context);
  context.subscriptions.push(
    diagnostics,
    studio,
    registerCommands(services, diagnostics),
    registerViews(services),
    registerStudio(context.extensionUri, studio),
    registerEnvironment(services),
    registerQuickFixes(),
    showJobsInStatusBar(services.jobs),
  );
  // A workspace with a policy is watched from the start; in others nothing is looked at until a view opens.
  setImmediate(() => void services.models.loadWherePolicy());
  return { services, diagnostics, studio };
}
