import { expect, test } from 'vitest';
import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : leaves(value, `${path}${key}.`),
  );
}

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)(?:, number)?\}\}/g)].map((found) => found[1] ?? '').sort();

test('both languages have the same keys', () => {
  expect(leaves(zhCN).map(([key]) => key)).toEqual(leaves(en).map(([key]) => key));
});

test('no text is empty, and both languages say the same values', () => {
  const chinese = new Map(leaves(zhCN));
  for (const [key, words] of leaves(en)) {
    expect(words, key).not.toBe('');
    const other = chinese.get(key) ?? '';
    expect(other, key).not.toBe('');
    // A singular may spell its number out.
    if (key.endsWith('_one')) continue;
    expect(placeholders(other), key).toEqual(placeholders(words));
  }
});
