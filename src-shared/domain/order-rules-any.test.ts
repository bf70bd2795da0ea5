// Goal: whatever is ordered, it adds up to the unit, a desk's own words hold at central, and what is offered to mend an
// issue mends it. Method: any orders from a small catalogue, sound and unsound, with quotes that are right and wrong.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrderContent } from '../mutations/order-place.ts';
import { repairedLines } from '../mutations/repaired-content.ts';
import type { ProductId } from './ids.ts';
import type { Issue } from './issue.ts';
import { judge } from './order-fixtures.ts';
import { lineGrossMinor } from './order-totals.ts';
import { ROLES } from './role.ts';

type ContentLine = OrderContent['lines'][number];

/** Lines as a mutation says them: mostly sound, with quotes and manual prices that are right or not. */
const contentLine: fc.Arbitrary<ContentLine> = fc
  .record({
    id: fc.constantFrom('noodles', 'water', 'tea', 'gin', 'unpriced', 'nothing'),
    unit: fc.constantFrom('piece', 'piece', 'case', 'pallet'),
    quantity: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 14 }).map((count) => count * 1_000) },
      fc.integer({ min: -500, max: 9_000 }),
      fc.constant(1e12),
    ),
    quotedUnitPrice: fc.constantFrom(45_000, 22_600, 100_000, 87_654, 500_000),
    quotedGrossMinor: fc.option(fc.constantFrom(0, 9_000, 1_000), { nil: undefined }),
    byHand: fc.option(fc.constantFrom(-1, 0, 21_000, 1_000_000), { nil: undefined, freq: 3 }),
    reason: fc.constantFrom('regular', ''),
  })
  .map(({ id, unit, quantity, quotedUnitPrice, quotedGrossMinor, byHand, reason }) => {
    const line: ContentLine = { productId: id as ProductId, unit, quantity, quotedUnitPrice };
    if (quotedGrossMinor !== undefined) line.quotedGrossMinor = quotedGrossMinor;
    if (byHand !== undefined) line.manual = { unitPrice: byHand, reason };
    return line;
  });
const contents = fc.array(contentLine, { minLength: 1, maxLength: 6 });
const roles = fc.constantFrom('clerk' as const, 'manager' as const, 'admin' as const);

/** What a person types anew, for nothing that could be offered is surely meant; and what stands in no order together. */
const NOTHING_TO_OFFER = new Set([
  'quantity.notANumber',
  'quantity.tooPrecise',
  'quantity.notPositive',
  'quantity.tooLarge',
  'currency.mixed',
]);

describe('any order', () => {
  it('adds up: its total is what its lines cost, its tax is theirs', () => {
    fc.assert(
      fc.property(contents, roles, (asked, role) => {
        const { lines, totalMinor, taxMinor = 0 } = judge(asked, { role });
        expect(totalMinor).toBe(lines.reduce((sum, of) => sum + lineGrossMinor(of), 0));
        expect(taxMinor).toBe(lines.reduce((sum, of) => sum + (of.taxMinor ?? 0), 0));
      }),
    );
  });

  it("holds at central, on the same facts, as the desk's verdict said it", () => {
    fc.assert(
      fc.property(contents, roles, (asked, role) => {
        const sound = asked.filter(
          ({ productId, unit }) => ['noodles', 'water', 'tea'].includes(productId) && unit !== 'pallet',
        );
        const { lines } = judge(sound, { role, shortage: 'warning' });
        fc.pre(lines.length === sound.length);
        const told = sound.map((of, index): ContentLine => {
          const verdict = lines[index];
          if (!verdict) throw new Error('as many lines as were asked');
          const quotedUnitPrice = verdict.manual?.listUnitPrice ?? verdict.unitPrice;
          return Object.assign({}, of, { quotedUnitPrice, quotedGrossMinor: lineGrossMinor(verdict) });
        });
        const again = judge(told, { role });
        expect(again.lines).toEqual(lines);
        expect(again.issues.filter(({ code }) => code === 'price.changed' || code === 'amount.changed')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('comes to the same whatever the order of its lines', () => {
    fc.assert(
      fc.property(contents, (asked) => {
        const sound = asked.filter(({ productId }) => productId !== 'gin');
        const [one, other] = [judge(sound), judge(sound.toReversed())];
        expect(other.totalMinor).toBe(one.totalMinor);
        expect(other.taxMinor).toBe(one.taxMinor);
      }),
    );
  });

  it('has for each issue of a line something that mends it, or says whom to ask', () => {
    fc.assert(
      fc.property(contents, roles, (asked, role) => {
        for (const { code, path, repairs, params } of judge(asked, { role }).issues) {
          if (path[0] !== 'lines' || path.length === 1 || NOTHING_TO_OFFER.has(code)) continue;
          expect(repairs.length > 0 || typeof params['ask'] === 'string', code).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never says what is wrong without a way out, or whom to ask', () => {
    fc.assert(
      fc.property(contents, roles, (asked, role) => {
        for (const { repairs, params, code } of judge(asked, { role }).issues) {
          expect(repairs.length > 0 || isRole(params['ask']), code).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('no longer has an issue once what it offers is done', () => {
    const at = ({ code, path }: Issue): string => `${code} at ${path.join('.')}`;
    fc.assert(
      fc.property(contents, roles, (asked, role) => {
        for (const issue of judge(asked, { role }).issues) {
          for (const repair of issue.repairs) {
            if (!('line' in repair) || repair.kind === 'removeLine') continue;
            expect(judge(repairedLines(asked, [repair]), { role }).issues.map(at)).not.toContain(at(issue));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

function isRole(value: unknown): boolean {
  return (ROLES as readonly unknown[]).includes(value);
}
