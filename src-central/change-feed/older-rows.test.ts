// Goal: whatever rows say by now, a desk of protocol 2 is told only what it knows, and is told it untouched where there is
// nothing new. Method: rows made at random from today's schemas, held against that version's pinned wire to the key.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ISSUE_CODES, repair, type Issue } from '../../src-shared/domain/issue.ts';
import { ROW_SCHEMAS, type RowKind } from '../../src-shared/protocol/change.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import { isKnownIn } from '../../src-shared/protocol/kinds-since.ts';
import { strictReader } from '../../test/support/kept-wire.ts';
import { ISSUES_SINCE_3, olderRowText, outcomesFor, REPAIRS_SINCE_3 } from './older-rows.ts';

const KINDS = (Object.keys(ROW_SCHEMAS) as RowKind[]).filter((kind) => isKnownIn(kind, 2));

/** A value that JSON Schema allows: enough of it for our rows. */
function valueOf(schema: Record<string, unknown>, defs: Record<string, unknown>): fc.Arbitrary<unknown> {
  const { type, properties, items } = schema as { type?: string; properties?: object; items?: object };
  if (typeof schema['$ref'] === 'string') {
    return valueOf(defs[schema['$ref'].split('/').pop() ?? ''] as Record<string, unknown>, defs);
  }
  if ('const' in schema) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const choices = (schema['anyOf'] ?? schema['oneOf']) as Record<string, unknown>[] | undefined;
  if (choices) return fc.oneof(...choices.map((choice) => valueOf(choice, defs)));
  switch (type) {
    case 'object':
      return objectOf(schema, (properties ?? {}) as Record<string, Record<string, unknown>>, defs);
    case 'array':
      return fc.array(valueOf((items ?? {}) as Record<string, unknown>, defs), {
        minLength: Number(schema['minItems'] ?? 0),
        maxLength: 3,
      });
    case 'integer':
    case 'number':
      return fc.integer({ min: lowest(schema), max: Math.min(Number(schema['maximum'] ?? 1_000_000), 1_000_000) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return textOf(schema);
  }
}

function lowest(schema: Record<string, unknown>): number {
  if (schema['exclusiveMinimum'] !== undefined) return Number(schema['exclusiveMinimum']) + 1;
  return Math.max(Number(schema['minimum'] ?? -1_000_000), -1_000_000);
}

function objectOf(
  schema: Record<string, unknown>,
  properties: Record<string, Record<string, unknown>>,
  defs: Record<string, unknown>,
): fc.Arbitrary<unknown> {
  const required = new Set((schema['required'] ?? []) as string[]);
  const model = Object.fromEntries(Object.entries(properties).map(([name, of]) => [name, valueOf(of, defs)]));
  return fc.record(model, { requiredKeys: [...required] });
}

const DATE = '2026-06-15';
const ID = '01a21d3b-c352-7198-afd1-f81a11e14315';

function textOf(schema: Record<string, unknown>): fc.Arbitrary<unknown> {
  if (schema['format'] === 'date') return fc.constant(DATE);
  if (schema['format'] === 'uuid') return fc.constant(ID);
  const pattern = typeof schema['pattern'] === 'string' ? schema['pattern'] : undefined;
  if (pattern?.startsWith('^[A-Z]')) return fc.constant('PD');
  if (pattern?.startsWith('^[a-z]')) return fc.constant('piece');
  if (pattern) return fc.constant('catalogue');
  // Words that stand in rows as names, too: they are no reason to touch a row wrongly.
  return fc.constantFrom('a', '"state":', 'taxMinor', 'amount.changed', '缺货');
}

describe.each(KINDS)('a row of kind "%s"', (kind) => {
  const schema = ROW_SCHEMAS[kind].toJSONSchema({ unrepresentable: 'any' }) as Record<string, unknown>;
  const rows = valueOf(schema, (schema['$defs'] ?? {}) as Record<string, unknown>);
  const reader = strictReader(2, `row ${kind}`);

  it('is told to a desk of protocol 2 in its own words, to the key', () => {
    fc.assert(
      fc.property(rows, (row) => {
        const told = olderRowText(kind, canonicalJson(row));
        expect(reader.safeParse(JSON.parse(told)).error?.issues ?? []).toEqual([]);
        expect(canonicalJson(JSON.parse(told))).toBe(told);
        // What it was told once is what it is told again.
        expect(olderRowText(kind, told)).toBe(told);
      }),
      { numRuns: 300 },
    );
  });

  it('is told as it is stored where that desk knows all of it', () => {
    fc.assert(
      fc.property(rows, (row) => {
        const text = canonicalJson(row);
        if (reader.safeParse(row).success) expect(olderRowText(kind, text)).toBe(text);
      }),
      { numRuns: 100 },
    );
  });
});

describe('what has come with protocol 3', () => {
  it('is every issue and every repair that protocol 2 did not have', () => {
    const reader = strictReader(2, 'row receipt');
    const receipt = (issues: readonly unknown[]): unknown => ({
      mutationId: ID,
      lane: 'order:x',
      name: 'order.place',
      verdict: 'refused',
      issues,
      supersededBy: null,
      bodyHash: '',
      judgedAt: 1,
    });
    const issueOf = (code: string, repairs: readonly unknown[] = []): unknown => ({
      code,
      path: [],
      params: {},
      severity: 'error',
      repairs,
    });
    const unknown = ISSUE_CODES.filter((code) => !reader.safeParse(receipt([issueOf(code)])).success);
    expect(unknown.toSorted()).toEqual(ISSUES_SINCE_3.toSorted());
    const of = { line: 0, quantity: 1, unitPrice: 1, grossMinor: 1, quantityBase: 1, minor: 1 };
    const kinds = repair.options.map((option) => option.shape.kind.value);
    const made = kinds.map((kind) => repair.parse({ kind, ...of }));
    const strange = made.filter((each) => !reader.safeParse(receipt([issueOf('order.changed', [each])])).success);
    expect(strange.map(({ kind }) => kind).toSorted()).toEqual(REPAIRS_SINCE_3.toSorted());
  });

  it('is said in a push’s answer in the words of before, to a desk of before', () => {
    const issue: Issue = {
      code: 'amount.changed',
      path: ['lines', 0, 'amountMinor'],
      params: { quoted: 1, now: 2 },
      severity: 'error',
      repairs: [{ kind: 'acceptAmount', line: 0, grossMinor: 2 }],
    };
    const outcome = { id: ID as never, outcome: 'refused' as const, issues: [issue] };
    expect(outcomesFor(3, [outcome])).toEqual([outcome]);
    expect(outcomesFor(2, [outcome])).toEqual([
      {
        ...outcome,
        issues: [{ ...issue, code: 'order.changed', path: ['orderId'], params: {}, repairs: [{ kind: 'editOrder' }] }],
      },
    ]);
    const held = { id: ID as never, outcome: 'held' as const, missing: [] };
    expect(outcomesFor(1, [held])).toEqual([held]);
  });
});
