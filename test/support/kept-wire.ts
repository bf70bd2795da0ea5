/** What each protocol version says on the wire, as it was pinned (test/fixtures/wire), and answers held against it. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z, type ZodType } from 'zod';
import type { Wire } from './wire-schema.ts';

export interface WirePin {
  /** SHA-256 of the canonical JSON. */
  hash: string;
  wire: Wire;
}

export function wirePinFile(protocol: number): string {
  return fileURLToPath(new URL(`../fixtures/wire/protocol-${protocol}.json`, import.meta.url));
}

/** Undefined of a version that was never pinned. */
export function wirePin(protocol: number): WirePin | undefined {
  const file = wirePinFile(protocol);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as WirePin) : undefined;
}

/** A reader of one of its messages that allows no key beside those that this version has. */
export function strictReader(protocol: number, message: string): ZodType {
  const schema = wirePin(protocol)?.wire[message];
  if (schema === undefined) throw new Error(`the wire of protocol ${protocol} has no "${message}"`);
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
}

/** Of every endpoint that this version has, by its path, what reads its answer. */
export function responseReaders(protocol: number): Map<string, ZodType | 'bytes'> {
  const wire = wirePin(protocol)?.wire ?? {};
  const names = Object.keys(wire).flatMap((part) => (part.endsWith(' path') ? [part.slice(0, -' path'.length)] : []));
  return new Map(
    names.map((name) => {
      const response = `${name} response`;
      return [String(wire[`${name} path`]), wire[response] === 'bytes' ? 'bytes' : strictReader(protocol, response)];
    }),
  );
}
