import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { bottlenecks, frontiers, inForwardOrder, neededFor, type Operation } from '../../../src/models/order.js';

/** A random network: operation i makes value i from earlier values; some make a second value, not always read. */
function randomNetwork(random: Random): Operation[] {
  const values = ['in'];
  return Array.from({ length: 3 + random.below(10) }, (_, i) => {
    const inputs = random.sample(Math.min(values.length, 4), 1 + random.below(2)).map((back) => values.at(-1 - back)!);
    const outputs = random.below(4) === 0 ? [`v${i}`, `v${i}:1`] : [`v${i}`];
    values.push(...outputs);
    return { inputs, outputs };
  });
}

/** Whether `sink` can be reached from `source` without passing `avoided`, by trying. */
function reaches(operations: readonly Operation[], source: string, sink: string, avoided: string): boolean {
  const reached = new Set([source]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { inputs, outputs } of operations) {
      if (!inputs.some((value) => reached.has(value))) continue;
      for (const value of outputs) {
        if (value === avoided || reached.has(value)) continue;
        reached.add(value);
        grown = true;
      }
    }
  }
  return reached.has(sink);
}

describe('the order of operations', () => {
  it('puts each after those it reads from, and keeps an order that does so already', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = new Random(seed);
      const network = randomNetwork(random);
      expect(inForwardOrder(network)).toEqual(network);
      const mixed = random.sample(network.length, network.length).map((i) => network[i]);
      const ordered = inForwardOrder(mixed)!;
      expect(ordered).toHaveLength(network.length);
      const made = new Set(['in']);
      for (const { inputs, outputs } of ordered) {
        expect(inputs.every((value) => made.has(value))).toBe(true);
        for (const value of outputs) made.add(value);
      }
    }
  });

  it('has none in a circle', () => {
    const circle = [
      { inputs: ['b'], outputs: ['a'] },
      { inputs: ['a'], outputs: ['b'] },
    ];
    expect(inForwardOrder(circle)).toBe(null);
    expect(inForwardOrder([{ inputs: ['a'], outputs: ['a'] }])).toBe(null);
  });

  it('a long chain needs no deep stack', () => {
    const chain = Array.from({ length: 50_000 }, (_, i) => ({ inputs: [`v${i}`], outputs: [`v${i + 1}`] })).reverse();
    const ordered = inForwardOrder(chain)!;
    expect(ordered[0].inputs).toEqual(['v0']);
    expect(neededFor(ordered, ['v50000'], ['v49990'])).toHaveLength(10);
  });
});

describe('bottlenecks', () => {
  it('are the values without which the end cannot be reached, and all of them', () => {
    let found = 0;
    for (let seed = 0; seed < 300; seed++) {
      const network = randomNetwork(new Random(seed));
      const sink = network.at(-1)!.outputs[0];
      const values = network.flatMap(({ outputs }) => outputs).filter((value) => value !== sink);
      // A value that alone connects source and sink is one that removing disconnects them.
      const expected = reaches(network, 'in', sink, '')
        ? values.filter((value) => !reaches(network, 'in', sink, value))
        : [];
      expect(bottlenecks(frontiers(network, 'in', sink)), `seed ${seed}`).toEqual(expected);
      found += expected.length;
    }
    expect(found).toBeGreaterThan(300);
  });
});
