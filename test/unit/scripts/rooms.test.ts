import { describe, expect, it } from 'vitest';
import { type Arrow, components, floors, upward } from '../../../scripts/rooms/graph.js';
import { houseOf } from '../../../scripts/rooms/house.js';

/** `a>b` needs b; `a>b*3` three times. */
function arrows(...texts: string[]): Arrow[] {
  return texts.map((text) => {
    const [, from, to, weight = '1'] = /^(\w+)>(\w+)(?:\*(\d+))?$/.exec(text)!;
    return { from, to, weight: Number(weight) };
  });
}

describe('a graph', () => {
  it('without circles has a floor more than its longest path has arrows', () => {
    const graph = arrows('d>c', 'c>b', 'b>a', 'd>a', 'e>a');
    expect(floors(['d', 'e', 'c', 'a', 'b'], graph)).toEqual([['a'], ['e', 'b'], ['c'], ['d']]);
    expect(components(['a', 'b', 'c', 'd', 'e'], graph)).toHaveLength(5);
  });

  it('has its circles on one floor, and each before those that need it', () => {
    const graph = arrows('a>b', 'b>c', 'c>a', 'c>x', 'y>b', 'x>z', 'z>x');
    expect(components(['y', 'a', 'b', 'c', 'x', 'z'], graph)).toEqual([['x', 'z'], ['a', 'b', 'c'], ['y']]);
    expect(floors(['a', 'b', 'c', 'x', 'y', 'z'], graph)).toEqual([['x', 'z'], ['a', 'b', 'c'], ['y']]);
  });

  it('is none where there are no nodes', () => {
    expect(floors([], [])).toEqual([]);
  });

  it('runs back up by the arrows that weigh least', () => {
    const graph = arrows('a>b*5', 'b>a*2', 'b>c*4', 'c>a', 'outside>a*9');
    expect(upward(['a', 'b', 'c'], graph)).toEqual(arrows('c>a', 'b>a*2'));
  });
});

describe('a folder as a house', () => {
  const files = [
    'top/main.ts',
    'top/x/one.ts',
    'top/x/in/two.ts',
    'top/x/by/three.ts',
    'top/y/four.ts',
    'other/five.ts',
  ];
  const imports = [
    { from: 'top/main.ts', to: 'top/x/one.ts' },
    { from: 'top/main.ts', to: 'top/x/in/two.ts' },
    { from: 'top/x/in/two.ts', to: 'top/x/by/three.ts' },
    { from: 'top/x/by/three.ts', to: 'top/x/in/two.ts' },
    { from: 'top/x/one.ts', to: 'top/y/four.ts' },
    { from: 'top/y/four.ts', to: 'other/five.ts' },
  ];

  it('has its subfolders and its own files as rooms', () => {
    const house = houseOf('top', { modules: files, imports });
    expect(house.modules).toBe(5);
    expect(house.rooms).toEqual({ 'main.ts': 1, 'x/': 3, 'y/': 1 });
    expect(house.arrows).toEqual([
      { from: 'main.ts', to: 'x/', weight: 2 },
      { from: 'x/', to: 'y/', weight: 1 },
    ]);
    expect(house.floors).toEqual([['y/'], ['x/'], ['main.ts']]);
    expect(house.circles).toEqual([]);
  });

  it('is searched for circles at every level', () => {
    const [inner, ...rest] = houseOf('top', { modules: files, imports }).inner;
    expect(rest).toEqual([]);
    expect(inner.folder).toBe('top/x');
    expect(inner.circles.map(({ rooms }) => rooms)).toEqual([['by/', 'in/']]);
    expect(inner.circles[0].upward).toHaveLength(1);
  });
});
