import type { ExtensionContext } from 'vscode';
import { registerCommands } from './commands/register.js';
import { Diagnostics } from './diagnostics/publisher.js';
import { registerQuickFixes } from './diagnostics/quickFixes.js';
import { type Dialogs, dialogs as editorDialogs } from './dialogs.js';
import { registerEnvironment } from './environment/show.js';
import { StudioMessages } from './flows/studioMessages.js';
import { tellIfBusy } from './jobs/busy.js';
import type { JobCenter } from './jobs/center.js';
import { showJobsInStatusBar } from './jobs/statusBar.js';
import { createJobs, createServices, type Services } from './services.js';
import { registerStudio } from './studio/editor.js';
import { StudioSession } from './studio/session.js';
import { putLetheOnPath } from './terminal.js';
import { registerViews } from './views.js';

/** What the extension is made of, for the tests that run beside it. No promise to other extensions. */
export interface ExtensionParts {
  readonly services: Services;
  readonly diagnostics: Diagnostics;
  readonly studio: StudioSession;
  /** Jobs and Studio as a new window would make them from what this one has kept. */
  reopen(dialogs?: Dialogs): { readonly jobs: JobCenter; readonly studio: StudioSession };
}

/** Registers everything and does nothing: what is heavy begins when a view, a command or an editor asks for it. */
export function activate(context: ExtensionContext): ExtensionParts {
  const services = createServices(context);
  const diagnostics = new Diagnostics(services.engine, services.models, services.log, context.extensionUri);
  const studio = createStudio(services, diagnostics);
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
    tellIfBusy(services.jobs),
  );
  // A workspace with a policy is watched from the start; in others nothing is looked at until a view opens.
  setImmediate(() => void services.models.loadWherePolicy());
  const reopen = (dialogs?: Dialogs) => {
    const jobs = createJobs(context, services.engine, services.log);
    return { jobs, studio: createStudio({ ...services, jobs }, diagnostics, dialogs) };
  };
  return { services, diagnostics, studio, reopen };
}

function createStudio(services: Services, diagnostics: Diagnostics, dialogs: Dialogs = editorDialogs): StudioSession {
  const messages = new StudioMessages(services, diagnostics, dialogs);
  return new StudioSession(services, diagnostics, (...message) => messages.handle(...message));
}
