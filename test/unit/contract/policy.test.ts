import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DROP_WARNING, exceeds, loss, recognition } from '../../../src/contract/policy.js';

/** Shares as people write limits and as accuracies come out of counts, and any others. */
const share = fc.oneof(
  fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 1000),
  fc.integer({ min: 0, max: 99 }).map((percent) => percent / 100),
  fc.integer({ min: 1, max: 60_000 }).chain((of) => fc.integer({ min: 0, max: of }).map((some) => some / of)),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

/** A limit and a share that is over it: by much, or by so little that a few digits do not show it. */
const overLimit = fc
  .tuple(
    share,
    fc.oneof(
      share,
      fc.double({ min: 1, max: 8.9, noNaN: true }).map((digits) => 10 ** -digits),
    ),
  )
  .map(([limit, more]) => ({ limit, value: Math.min(1, limit + more) }))
  .filter(({ limit, value }) => exceeds(value, limit));

/** The texts of a value and its limit are other ones, and the value's is the larger. */
function expectApart([, value, limit]: readonly string[]): void {
  expect(value).not.toBe(limit);
  expect(Number.parseFloat(value)).toBeGreaterThan(Number.parseFloat(limit));
}

describe('a class that must be forgotten', () => {
  const rule = { class: 'Shirt', maxAccuracy: 0.01 };

  it('may be recognised up to the limit', () => {
    expect(recognition(rule, 0.01)).toBeNull();
    expect(recognition(rule, 0)).toBeNull();
    expect(recognition({ ...rule, maxAccuracy: 0.3 }, 0.1 + 0.2)).toBeNull();
  });

  it('is pointed out beyond it, in the same words wherever that is found', () => {
    expect(recognition(rule, 0.795)).toEqual({
      code: 'must-be-forgotten',
      severity: 'error',
      class: 'Shirt',
      limit: 0.01,
      value: 0.795,
      message: 'Shirt must be forgotten but is recognised 79.5% of the time (limit 1%)',
    });
    expect(recognition(rule, 0.02, 'warning', 'still')).toMatchObject({
      severity: 'warning',
      message: 'Shirt must be forgotten but is still recognised 2.0% of the time (limit 1%)',
    });
    expect(recognition(rule, 0.0104, 'error', 'again')?.message).toBe(
      'Shirt must be forgotten but is again recognised 1.04% of the time (limit 1%)',
    );
  });

  it('is never said to be recognised as often as the limit allows', () => {
    fc.assert(
      fc.property(overLimit, ({ limit, value }) => {
        const { message } = recognition({ class: 'Shirt', maxAccuracy: limit }, value)!;
        expectApart(/recognised (\S+) of the time \(limit (\S+)\)$/.exec(message)!);
      }),
      {
        numRuns: 5000,
        // A limit that rounds to more than it is, just below the value.
        examples: [[{ limit: 0.0099996, value: 0.01 }], [{ limit: 0.01, value: 0.010_000_01 }]],
      },
    );
  });
});

describe('a class that loses', () => {
  it('may lose up to the limit', () => {
    expect(loss('Bag', 0.95, 0.92, 0.03)).toBeNull();
    expect(loss('Bag', 0.95, 0.9, null)).toBeNull();
    expect(loss('Bag', 0.9, 0.95, 0)).toBeNull();
  });

  it('is pointed out beyond it: an error where it is protected, a warning elsewhere', () => {
    const [before, after] = [0.95, 0.91];
    expect(loss('Bag', before, after, 0.03)).toEqual({
      code: 'protect-broken',
      severity: 'error',
      class: 'Bag',
      limit: 0.03,
      value: before - after,
      message: 'Bag is protected but lost 4.0 points, from 95.0% to 91.0% (limit 3 points)',
    });
    expect(loss('Bag', 0.95, 0.91, 0.01)?.message).toMatch(/\(limit 1 point\)$/);
    expect(loss('Bag', 0.9, 0.84, null)).toMatchObject({
      code: 'retain-drop',
      severity: 'warning',
      limit: DEFAULT_DROP_WARNING,
      message: 'Bag lost 6.0 points, from 90.0% to 84.0%; set a limit under "protect" if that is too much',
    });
  });

  it('is never said to have lost as much as the limit allows', () => {
    fc.assert(
      fc.property(overLimit, ({ limit, value }) => {
        const found = loss('Bag', 1, 1 - value, limit);
        // What is left of so small a difference may be within the limit.
        if (found) expectApart(/ lost (\S+) points?, .*\(limit (\S+) points?\)$/.exec(found.message)!);
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(share, share, (before, after) => {
        const lost = / lost (\S+) points?,/.exec(loss('Bag', before, after, null)?.message ?? '')?.[1];
        expect(lost === undefined || Number(lost) > 100 * DEFAULT_DROP_WARNING).toBe(true);
      }),
      { numRuns: 5000, examples: [[0.9, 0.8499]] },
    );
  });
});
