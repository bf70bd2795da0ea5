/**
 * What desk and central say to each other is pinned, version by version: desks that are out there read and write it, and
 * can't be asked to wait.
 */
import { describe, expect, test } from 'vitest';
import { keptDesks } from '../../test/support/kept-desk.ts';
import { wirePin } from '../../test/support/kept-wire.ts';
import { WIRE_PARTS, wireDifferences, wireHash, wireOf } from '../../test/support/wire-schema.ts';
import { OLDEST_SERVED_PROTOCOL_VERSION, PROTOCOL_VERSION } from './versions.ts';

/** As they were when desks that speak them went out. No build of ours changes them any more. */
const RELEASED: Record<number, string> = {
  1: 'bf080280c2bee6d871deaa688c6a43f38905994949365d7f3ee6728a689f0c24',
  2: '2349322e29b52f0c70c8c690977ab1b9475bb4c4407ee66e9bc48e146de1d987',
};

const WHAT_TO_DO = `The wire of protocol ${PROTOCOL_VERSION} is another than the one that is pinned (differences above, as pinned → now).
If desks that speak ${PROTOCOL_VERSION} are out there, keep one (scripts/keep-desk.ts) and raise PROTOCOL_VERSION in src-shared/protocol/versions.ts.
If not, and the change is meant: node scripts/run.mjs scripts/pin-wire.ts`;

describe('the wire', () => {
  test('of this version is the one that is pinned', () => {
    const wire = wireOf(WIRE_PARTS);
    const pin = wirePin(PROTOCOL_VERSION);
    expect(wireDifferences(pin?.wire, wire), WHAT_TO_DO).toEqual([]);
    expect(wireHash(wire), WHAT_TO_DO).toBe(pin?.hash);
  });

  test('of versions that desks out there speak stays as it was', () => {
    for (const [protocol, hash] of Object.entries(RELEASED)) {
      const pin = wirePin(Number(protocol));
      expect(pin && wireHash(pin.wire)).toBe(hash);
      expect(pin?.hash).toBe(hash);
    }
  });

  test('and a desk are kept of each earlier version that central serves', () => {
    const earlier = Array.from(
      { length: PROTOCOL_VERSION - OLDEST_SERVED_PROTOCOL_VERSION },
      (_, index) => OLDEST_SERVED_PROTOCOL_VERSION + index,
    );
    expect(keptDesks()).toEqual(earlier);
    expect(Object.keys(RELEASED).map(Number)).toEqual(earlier);
  });
});

describe('a difference of the wire', () => {
  test('is told by where it is, however deep, and not by what only moved', () => {
    const before = wireOf(WIRE_PARTS);
    const { signIn } = WIRE_PARTS.endpoints;
    if (!signIn) throw new Error('there is no sign-in');
    const { pokeMessage: response } = WIRE_PARTS;
    const after = wireOf({ ...WIRE_PARTS, endpoints: { ...WIRE_PARTS.endpoints, signIn: { ...signIn, response } } });
    expect(wireDifferences(before, before)).toEqual([]);
    const differences = wireDifferences(before, after);
    expect(differences).not.toEqual([]);
    expect(differences.every((each) => each.startsWith('signIn response/'))).toBe(true);
    expect(wireHash(after)).not.toBe(wireHash(before));
  });
});
