import { describe, expect, test } from 'vitest';
import { JobQueue } from '../../../src/client/jobQueue.js';

/** A task that ends when it is told to, and says whether it was started and stopped. */
function task() {
  let end!: (value: string) => void;
  let fail!: (error: Error) => void;
  const result = new Promise<string>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const state = { started: false, stopped: false };
  const run = (signal: AbortSignal) => {
    state.started = true;
    signal.addEventListener('abort', () => {
      state.stopped = true;
    });
    return result;
  };
  return { run, state, end, fail };
}

describe('the job queue', () => {
  test('runs one job at a time, in order', async () => {
    const queue = new JobQueue<string>();
    const tasks = [task(), task(), task()];
    const jobs = tasks.map(({ run }, index) => queue.enqueue(`job ${index}`, run));
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(3);
    expect(jobs.map(({ status, position }) => [status, position])).toEqual([
      ['running', 0],
      ['queued', 1],
      ['queued', 2],
    ]);
    expect(queue.jobs.map(({ info }) => info)).toEqual(['job 0', 'job 1', 'job 2']);
    expect(tasks.map(({ state }) => state.started)).toEqual([true, false, false]);

    tasks[0].end('first');
    expect(await jobs[0].promise).toBe('first');
    expect(tasks.map(({ state }) => state.started)).toEqual([true, true, false]);
    expect(queue.jobs).toEqual([jobs[1], jobs[2]]);
    expect(jobs[2].position).toBe(1);
  });

  test('goes on after a job that failed, or that throws at once', async () => {
    const queue = new JobQueue<string>();
    const [first, last] = [task(), task()];
    const failed = queue.enqueue('a', first.run);
    const thrown = queue.enqueue('b', () => {
      throw new Error('at once');
    });
    const done = queue.enqueue('c', last.run);
    first.fail(new Error('later'));
    await expect(failed.promise).rejects.toThrow('later');
    await expect(thrown.promise).rejects.toThrow('at once');
    last.end('well');
    expect(await done.promise).toBe('well');
    expect(queue.jobs).toEqual([]);
  });

  test('takes a cancelled job that waits out at once', async () => {
    const queue = new JobQueue<string>();
    const [first, second, third] = [task(), task(), task()];
    queue.enqueue('a', first.run);
    const waiting = queue.enqueue('b', second.run);
    const next = queue.enqueue('c', third.run);
    waiting.cancel();
    expect(queue.jobs.map(({ info }) => info)).toEqual(['a', 'c']);
    expect(next.position).toBe(1);
    await expect(waiting.promise).rejects.toMatchObject({ code: 'cancelled' });
    first.end('');
    third.end('third');
    expect(await next.promise).toBe('third');
    expect(second.state.started).toBe(false);
    waiting.cancel();
    expect(queue.jobs).toEqual([]);
  });

  test('keeps the place of a cancelled job that runs until it has stopped', async () => {
    const queue = new JobQueue<string>();
    const [first, second] = [task(), task()];
    const running = queue.enqueue('a', first.run);
    queue.enqueue('b', second.run);
    running.cancel();
    expect(running.status).toBe('cancelling');
    expect(first.state.stopped).toBe(true);
    expect(second.state.started).toBe(false);
    first.fail(new Error('stopped'));
    await expect(running.promise).rejects.toThrow('stopped');
    expect(second.state.started).toBe(true);
  });

  test('tells its listeners of everything, until they have heard enough', async () => {
    const queue = new JobQueue<string>();
    const seen: string[] = [];
    const stop = queue.onDidChange(() =>
      seen.push(queue.jobs.map(({ info, status }) => `${info} ${status}`).join(', ')),
    );
    const [first, second] = [task(), task()];
    const running = queue.enqueue('a', first.run);
    queue.enqueue('b', second.run);
    running.cancel();
    first.end('');
    await running.promise;
    stop();
    second.end('');
    expect(seen).toEqual(['a running', 'a running, b queued', 'a cancelling, b queued', 'b running']);
  });

  test('can be cleared', async () => {
    const queue = new JobQueue<string>();
    const [first, second] = [task(), task()];
    const running = queue.enqueue('a', first.run);
    const waiting = queue.enqueue('b', second.run);
    queue.clear();
    await expect(waiting.promise).rejects.toMatchObject({ code: 'cancelled' });
    expect(running.status).toBe('cancelling');
    first.end('anyway');
    expect(await running.promise).toBe('anyway');
    expect(second.state.started).toBe(false);
  });
});
