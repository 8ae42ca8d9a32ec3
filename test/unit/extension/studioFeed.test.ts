import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ToStudio } from '../../../src/contract/studio.js';
import { SnapshotFeed } from '../../../src/extension/studio/feed.js';
import type { StudioContent } from '../../../src/extension/studio/host.js';
import { snapshot, states } from '../../support/studio/snapshots.js';

const { sequence: _, ...fresh } = snapshot();
let content: StudioContent;
let sent: ToStudio[];
let feed: SnapshotFeed;

beforeEach(() => {
  vi.useFakeTimers();
  content = fresh;
  sent = [];
  feed = new SnapshotFeed(
    () => content,
    (message) => sent.push(message),
  );
});

afterEach(() => void vi.useRealTimers());

/** A change that the host tells of. */
function become(changes: Partial<StudioContent>): void {
  content = { ...content, ...changes };
  feed.changed();
}

test('sends nothing before the view is ready, then everything', () => {
  feed.changed();
  expect(sent).toEqual([]);
  feed.start();
  expect(sent).toEqual([{ kind: 'snapshot', snapshot: { ...fresh, sequence: 1 } }]);
});

test('puts the changes of a tenth of a second together, and sends only what changed', () => {
  feed.start();
  become({ selected: [1] });
  become({ selected: [1, 2] });
  become({ run: states.running.run });
  expect(sent).toHaveLength(1);
  vi.advanceTimersByTime(100);
  expect(sent.slice(1)).toEqual([
    { kind: 'changes', sequence: 2, changes: { selected: [1, 2], run: states.running.run } },
  ]);
  vi.advanceTimersByTime(1000);
  expect(sent).toHaveLength(2);
  become({ run: null });
  expect(sent.slice(2)).toEqual([{ kind: 'changes', sequence: 3, changes: { run: null } }]);
});

test('stays silent while nothing changed, even if the parts are other objects', () => {
  feed.start();
  vi.advanceTimersByTime(100);
  become({ selected: [], facts: structuredClone(fresh.facts) });
  vi.advanceTimersByTime(100);
  expect(sent).toHaveLength(1);
});

test('sends nothing to a view that is gone, and a whole snapshot when it is back', () => {
  feed.start();
  become({ selected: [1] });
  feed.stop();
  vi.advanceTimersByTime(1000);
  become({ selected: [2] });
  vi.advanceTimersByTime(1000);
  expect(sent).toHaveLength(1);
  feed.start();
  expect(sent[1]).toEqual({ kind: 'snapshot', snapshot: { ...fresh, selected: [2], sequence: 2 } });
});

test('sends a run again only when it is another object, whatever is in it', () => {
  const { shown } = states.done;
  become({ shown });
  feed.start();
  vi.advanceTimersByTime(100);
  become({ shown, selected: [] });
  vi.advanceTimersByTime(100);
  expect(sent).toHaveLength(1);
  const other = structuredClone(shown);
  become({ shown: other });
  expect(sent.slice(1)).toEqual([{ kind: 'changes', sequence: 2, changes: { shown: other } }]);
});
