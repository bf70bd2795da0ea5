import { expect, test } from 'vitest';
import { DEFAULT_FACT_AGE, judgeAge, type FactAgePolicy } from './fact-age.ts';

const NEVER = { warn: null, confirm: null, block: null };
const policy: FactAgePolicy = {
  price: { warn: 60, confirm: null, block: null },
  stock: { warn: 10, confirm: 120, block: 1_440 },
  credit: { warn: null, confirm: null, block: 60 },
};
const minutes = (count: number, onTerms = false) => judgeAge(policy, { ageMs: count * 60_000, onTerms });
const codes = ({ issues }: ReturnType<typeof judgeAge>) =>
  issues.map(({ code, params, severity }) => `${String(params['fact'])} ${code} ${severity}`);

test('what is fresh is not spoken of, what is older is, from the minute on that the house says', () => {
  expect(minutes(9.99)).toEqual({ issues: [], confirm: false });
  expect(codes(minutes(10))).toEqual(['stock facts.old warning']);
  expect(codes(minutes(60))).toEqual(['price facts.old warning', 'stock facts.old warning']);
});

test('what is old enough is confirmed by somebody, and what is too old takes no order', () => {
  expect(minutes(119).confirm).toBe(false);
  expect(codes(minutes(120))).toEqual(['price facts.old warning', 'stock facts.confirm warning']);
  expect(minutes(120).confirm).toBe(true);
  const tooOld = minutes(1_440);
  expect(codes(tooOld)).toEqual(['price facts.old warning', 'stock facts.tooOld error']);
  expect(tooOld).toMatchObject({ confirm: false, issues: [{}, { params: { minutes: 1_440, ask: 'manager' } }] });
});

test('what a customer owes is too old only of a customer who may owe something', () => {
  expect(codes(minutes(60, true))).toContain('credit facts.tooOld error');
  expect(codes(minutes(60, false))).not.toContain('credit facts.tooOld error');
});

test('a house that has decided nothing is not stopped by any age', () => {
  expect(judgeAge(DEFAULT_FACT_AGE, { ageMs: 1e12, onTerms: true })).toEqual({ issues: [], confirm: false });
  expect(DEFAULT_FACT_AGE).toEqual({ price: NEVER, stock: NEVER, credit: NEVER });
});
