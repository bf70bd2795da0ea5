/** Goal: what any build ever signed is read by every later one, and what is not read is told apart and kept. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { intentReader, MUTATIONS, readIntent } from './registry.ts';
import { firstVersion } from './versions.ts';

/** As a mutation may look after some years. */
const first = firstVersion('order.note', z.object({ orderId: z.string(), text: z.string() }));
const second = first.nextVersion(
  z.object({ orderId: z.string(), lines: z.array(z.string()) }),
  ({ orderId, text }) => ({
    orderId,
    lines: text.split('\n'),
  }),
);
const third = second.nextVersion(
  z.object({ orderId: z.string(), lines: z.array(z.string().max(10)), urgent: z.boolean().default(false) }),
  (before) => {
    if (before.orderId === 'no lift') throw new Error('a mistake in a lift');
    return before;
  },
);

interface NoteIntent {
  name: 'order.note';
  args: z.infer<typeof third.args>;
}
const readNote = intentReader<NoteIntent>({ 'order.note': third });

describe('a mutation with several versions', () => {
  test('is read in every one of them, and means the same', () => {
    const intent = { name: 'order.note', args: { orderId: 'o', lines: ['ring', 'twice'], urgent: false } };
    for (const [version, args] of [
      [1, { orderId: 'o', text: 'ring\ntwice' }],
      [2, { orderId: 'o', lines: ['ring', 'twice'] }],
      [3, { orderId: 'o', lines: ['ring', 'twice'], urgent: false }],
    ] as const) {
      expect(readNote('order.note', version, args)).toEqual({ ok: true, intent });
    }
  });

  test('is written in its newest, and has the schemas of all', () => {
    expect(third).toMatchObject({ name: 'order.note', schemaVersion: 3 });
    expect(third.versions).toEqual([first.args, second.args, third.args]);
    expect(first.schemaVersion).toBe(1);
  });

  test('leaves what it reads as it was', () => {
    const args = Object.freeze({ orderId: 'o', text: 'ring' });
    const before = JSON.stringify(args);
    readNote('order.note', 1, args);
    expect(JSON.stringify(args)).toBe(before);
  });
});

describe('what can not be read', () => {
  test('is told apart: a version that is still to come, one that never was, another name, args of another shape', () => {
    const args = { orderId: 'o', text: 'ring' };
    for (const version of [4, 99, 0, -1, 1.5]) {
      expect(readNote('order.note', version, args)).toEqual({ ok: false, reason: 'unknownVersion' });
    }
    expect(readNote('order.split', 1, args)).toEqual({ ok: false, reason: 'unknownName' });
    expect(readNote('toString', 1, args)).toEqual({ ok: false, reason: 'unknownName' });
    // Read by its own version's schema alone: what looks like another is no reason to guess.
    expect(readNote('order.note', 1, { orderId: 'o', lines: [] })).toEqual({ ok: false, reason: 'unreadable' });
    expect(readNote('order.note', 2, args)).toEqual({ ok: false, reason: 'unreadable' });
  });

  test('includes what a lift makes nothing of, which is no exception either', () => {
    expect(readNote('order.note', 1, { orderId: 'o', text: 'a line too long' })).toEqual({
      ok: false,
      reason: 'unreadable',
    });
    expect(readNote('order.note', 2, { orderId: 'no lift', lines: [] })).toEqual({ ok: false, reason: 'unreadable' });
  });
});

describe('an order', () => {
  const line = {
    productId: '0197a000-0000-7000-8000-000000000001',
    unit: 'piece',
    quantity: 3_000,
    quotedUnitPrice: 10_000,
  };
  const head = {
    orderId: '0197a000-0000-7000-8000-000000000002',
    number: 'PD-10-000001',
    branchId: '0197a000-0000-7000-8000-000000000003',
    warehouseId: '0197a000-0000-7000-8000-000000000004',
    customerId: '0197a000-0000-7000-8000-000000000005',
    businessDate: '2026-06-15',
    note: 'ring twice',
  };
  const kinds = [
    ['order.place', head],
    ['order.amend', { ...head, baseVersion: 1 }],
  ] as const;

  test.each(kinds)(
    'of a desk of before (%s) is read as it was told, without an amount or a price by hand',
    (name, of) => {
      const args = { ...of, lines: [line, line] };
      expect(readIntent(name, 1, args)).toStrictEqual({ ok: true, intent: { name, args } });
    },
  );

  test.each(kinds)('of today (%s) says amounts and prices by hand', (name, of) => {
    const byHand = { ...line, quotedGrossMinor: 2_700, manual: { unitPrice: 9_000, reason: '' } };
    const args = { ...of, lines: [byHand, line] };
    expect(readIntent(name, 2, args)).toStrictEqual({ ok: true, intent: { name, args } });
  });
});

test('every mutation of this build is under its own name, and reads what it writes', () => {
  for (const [name, { name: own, schemaVersion, versions }] of Object.entries(MUTATIONS)) {
    expect(own).toBe(name);
    expect(schemaVersion).toBe(versions.length);
    expect(readIntent(name, schemaVersion, {})).toEqual({ ok: false, reason: 'unreadable' });
    expect(readIntent(name, schemaVersion + 1, {})).toEqual({ ok: false, reason: 'unknownVersion' });
  }
});
