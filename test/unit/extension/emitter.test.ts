import { expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/extension/emitter.js';

it('tells every listener at once, in order, as often as it listens', () => {
  const emitter = new Emitter<number>();
  const heard: string[] = [];
  const listener = (value: number) => heard.push(`twice ${value}`);
  emitter.event((value) => heard.push(`first ${value}`));
  const one = emitter.event(listener);
  emitter.event(listener);
  emitter.fire(1);
  expect(heard).toEqual(['first 1', 'twice 1', 'twice 1']);
  one.dispose();
  emitter.fire(2);
  expect(heard.slice(3)).toEqual(['first 2', 'twice 2']);
});

it('tells everything in the order in which it happened, also where a listener fires again', () => {
  const emitter = new Emitter<number>();
  const heard: number[] = [];
  let heardAtOnce = 0;
  emitter.event((value) => {
    if (value > 1) return;
    emitter.fire(value + 1);
    heardAtOnce = heard.length;
  });
  emitter.event((value) => heard.push(value));
  emitter.fire(1);
  expect(heard).toEqual([1, 2]);
  expect(heardAtOnce).toBe(2);
});

it('does not tell one that another has taken away, nor any after its end', () => {
  const emitter = new Emitter<void>();
  const heard: string[] = [];
  emitter.event(() => second.dispose());
  const second = emitter.event(() => heard.push('second'));
  emitter.event(() => heard.push('third'));
  emitter.fire();
  expect(heard).toEqual(['third']);
  emitter.dispose();
  emitter.fire();
  expect(heard).toEqual(['third']);
});

it('keeps the error of one listener from the others and from whoever fires, but not from the process', () => {
  const later: (() => void)[] = [];
  const spy = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => void later.push(task));
  const emitter = new Emitter<void>();
  const heard: string[] = [];
  emitter.event(() => {
    throw new Error('a defect');
  });
  emitter.event(() => heard.push('second'));
  emitter.fire();
  spy.mockRestore();
  expect(heard).toEqual(['second']);
  expect(later).toHaveLength(1);
  expect(later[0]).toThrow('a defect');
});
