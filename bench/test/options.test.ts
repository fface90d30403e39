import { expect, test } from 'vitest';
import { readOptions } from '../options.ts';

test('tells contestants that were asked for by name from those that are there by default', () => {
  expect(readOptions([])).toMatchObject({ contestants_are_named: false });
  expect(readOptions(['--contestants', 'dialect-mysql'])).toMatchObject({
    contestants: ['dialect-mysql'],
    contestants_are_named: true,
  });
});

test('refuses a contestant that it does not know', () => {
  expect(() => readOptions(['--contestants', 'dialect,oracle'])).toThrow('--contestants: oracle is none of dialect, ');
});
