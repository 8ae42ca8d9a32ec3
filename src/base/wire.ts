import { NotificationType, RequestType, RequestType0 } from 'vscode-jsonrpc/node.js';
import type { EngineHello, JobCall, JobNote, LogNote, PartNote } from '../contract/jobs.js';
import type { ErrorReport } from '../contract/terms.js';
import type { Parcel } from './parcel.js';

/** What the engine process and its client say to each other. Both are of one build: the greeting makes sure. */
export const wire = {
  hello: new RequestType0<EngineHello, void>('hello'),
  job: new RequestType<JobCall, Parcel, ErrorReport>('job'),
  progress: new NotificationType<JobNote>('progress'),
  part: new NotificationType<PartNote>('part'),
  log: new NotificationType<LogNote>('log'),
};
