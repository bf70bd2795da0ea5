import { describe, expect, it } from 'vitest';
import type { BranchId, CustomerId, GroupId } from '../ids.ts';
import { promotion as made } from './pricing-fixtures.ts';
import { promotion, runsFor, type Promotion } from './promotion.ts';

const SHOP = { customerId: 'shop', branchId: 'north', groupId: 'restaurants' };
const DAY = '2026-06-15';

function sale(more: Partial<Promotion> = {}): Promotion {
  return made('sale', { kind: 'percent', off: 1_000 }, more);
}

function runs(more: Partial<Promotion>, customer: Parameters<typeof runsFor>[1] = SHOP): boolean {
  return runsFor(sale(more), customer, DAY);
}

describe('a promotion', () => {
  it('runs on its first and its last day, not before and not after', () => {
    const dated = sale({ validFrom: '2026-06-01', validTo: '2026-06-30' });
    const on = (day: string): boolean => runsFor(dated, SHOP, day);
    expect([on('2026-05-31'), on('2026-06-01'), on('2026-06-30'), on('2026-07-01')]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('without a last day runs on', () => {
    expect(runsFor(sale({ validFrom: '2026-06-01', validTo: null }), SHOP, '2126-06-01')).toBe(true);
  });

  it('that is switched off does not run', () => {
    expect(runs({ active: false })).toBe(false);
    expect(runs({ active: false, customers: ['shop' as CustomerId] })).toBe(false);
  });

  it('that names nobody is for everybody', () => {
    expect(runs({})).toBe(true);
    expect(runs({}, { customerId: 'any', branchId: 'any' })).toBe(true);
  });

  it('is for whom any of its lists names: the customer, their branch or their group', () => {
    const [customers, branches, groups] = [['shop' as CustomerId], ['north' as BranchId], ['restaurants' as GroupId]];
    expect(runs({ customers })).toBe(true);
    expect(runs({ branches })).toBe(true);
    expect(runs({ groups })).toBe(true);
    const others = {
      customers: ['other' as CustomerId],
      branches: ['south' as BranchId],
      groups: ['schools' as GroupId],
    };
    expect(runs(others)).toBe(false);
    expect(runs({ ...others, customers: [...others.customers, ...customers] })).toBe(true);
    expect(runs({ ...others, branches })).toBe(true);
    expect(runs({ ...others, groups })).toBe(true);
  });

  it('that names somebody is for nobody else', () => {
    expect(runs({ customers: ['other' as CustomerId] })).toBe(false);
    expect(runs({ branches: ['south' as BranchId] })).toBe(false);
    expect(runs({ groups: ['schools' as GroupId] })).toBe(false);
    expect(runs({ groups: ['schools' as GroupId], branches: ['south' as BranchId] })).toBe(false);
    expect(runs({ groups: ['schools' as GroupId], customers: ['other' as CustomerId] })).toBe(false);
  });

  it('for a group passes by a customer who is in none', () => {
    expect(runs({ groups: ['restaurants' as GroupId] }, { customerId: 'shop', branchId: 'north' })).toBe(false);
  });
});

describe('a rule', () => {
  const base = { ...sale(), promotionId: '0197a000-0000-7000-8000-000000000001' };
  const isTaken = (rule: unknown): boolean => promotion.safeParse({ ...base, rule }).success;

  it('takes off at least something, and at most everything', () => {
    expect([0, 1, 10_000, 10_001].map((off) => isTaken({ kind: 'percent', off }))).toEqual([false, true, true, false]);
    const threshold = { kind: 'threshold', fromMinor: 10_000, currency: 'CNY' };
    expect(isTaken({ ...threshold, off: { share: 10_001 } })).toBe(false);
    expect(isTaken({ ...threshold, off: { share: 500 } })).toBe(true);
    expect(isTaken({ ...threshold, off: { minor: 0, repeats: false } })).toBe(false);
    expect(isTaken({ ...threshold, off: { minor: 500, repeats: false } })).toBe(true);
  });

  it('counts in more than nothing, so that nothing is divided by it', () => {
    const free = { kind: 'free', buyBase: 10_000, freeBase: 1_000, gift: null };
    const amount = { kind: 'amount', everyBase: 12_000, offMinor: 500, currency: 'CNY' };
    const threshold = { kind: 'threshold', fromMinor: 1, off: { minor: 1, repeats: true }, currency: 'CNY' };
    expect([free, amount, threshold].map(isTaken)).toEqual([true, true, true]);
    const none = [
      { ...free, buyBase: 0 },
      { ...free, freeBase: 0 },
      { ...amount, everyBase: 0 },
      { ...threshold, fromMinor: 0 },
    ];
    expect(none.map(isTaken)).toEqual([false, false, false, false]);
  });
});
