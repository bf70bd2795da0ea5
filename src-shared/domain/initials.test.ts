import { describe, expect, it } from 'vitest';
import { initialsOf } from './initials.ts';

describe('initials', () => {
  it.each([
    ['华联超市', 'hlcs'],
    ['白色 Hanging heart 灯', 'bshhd'],
    ['WHITE HANGING HEART T-LIGHT HOLDER', 'whhtlh'],
    ['3 TIER cake stand', '3tcs'],
    ['重庆路店', 'cqld'],
    ['🎄', ''],
  ])('of "%s" are "%s"', (name, expected) => expect(initialsOf(name)).toBe(expected));
});
