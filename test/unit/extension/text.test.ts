import { expect, it } from 'vitest';
import { plainText } from '../../../src/extension/text.js';

it('leaves no link that would run a command', () => {
  expect(plainText('layer "[Fix](command:evil)"')).not.toMatch(/\]\(/);
});
