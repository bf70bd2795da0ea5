/**
 * Pins what desk and central say to each other: `node scripts/run.mjs scripts/pin-wire.ts`, after a change of the wire
 * that is meant. It writes test/fixtures/wire/protocol-N.json, N being this build's version, and says what is different.
 * A version that desks out there speak is never pinned anew: test/fixtures/wire/README.md says what to do then.
 */
import { writeFileSync } from 'node:fs';
import { canonicalJson } from '../src-shared/protocol/digest.ts';
import { PROTOCOL_VERSION } from '../src-shared/protocol/versions.ts';
import { keptDesks } from '../test/support/kept-desk.ts';
import { wirePin, wirePinFile } from '../test/support/kept-wire.ts';
import { WIRE_PARTS, wireDifferences, wireHash, wireOf } from '../test/support/wire-schema.ts';

if (keptDesks().includes(PROTOCOL_VERSION)) {
  process.stderr.write(
    `Desks of protocol ${PROTOCOL_VERSION} are out there: raise PROTOCOL_VERSION, and pin that version.\n`,
  );
  process.exit(1);
}
const before = wirePin(PROTOCOL_VERSION)?.wire ?? wirePin(PROTOCOL_VERSION - 1)?.wire ?? {};
const wire = wireOf(WIRE_PARTS);
const sorted: unknown = JSON.parse(canonicalJson({ hash: wireHash(wire), wire }));
writeFileSync(wirePinFile(PROTOCOL_VERSION), `${JSON.stringify(sorted, undefined, 1)}\n`);
for (const line of wireDifferences(before, wire)) process.stdout.write(`${line}\n`);
process.stdout.write(`Pinned the wire of protocol ${PROTOCOL_VERSION}.\n`);
