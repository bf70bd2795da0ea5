/**
 * Everything that is said between desk and central, as JSON Schema: what changes here changes what desks that are out
 * there read and write. Each version's is kept in test/fixtures/wire.
 */
import { createHash } from 'node:crypto';
import { z, type ZodType } from 'zod';
import { errorResponse } from '../../src-shared/protocol/app-error.ts';
import { ROW_SCHEMAS } from '../../src-shared/protocol/change.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';
import { ENDPOINTS } from '../../src-shared/protocol/endpoints.ts';
import { chunkHeader } from '../../src-shared/protocol/fill.ts';
import { mutationBody } from '../../src-shared/protocol/mutation.ts';
import { pokeMessage } from '../../src-shared/protocol/poke.ts';
import { MUTATIONS } from '../../src-shared/mutations/registry.ts';

/** Of one side of a difference. */
const DIFFERENCE_CHARACTERS = 200;

export interface WireParts {
  endpoints: Record<string, { path: string; request: ZodType; response: ZodType | 'bytes' }>;
  pokeMessage: ZodType;
  chunkHeader: ZodType;
  rows: Record<string, ZodType>;
  mutationBody: ZodType;
  mutations: Record<string, { versions: readonly ZodType[] }>;
  errorResponse: ZodType;
}

/** Of this build. */
export const WIRE_PARTS: WireParts = {
  endpoints: ENDPOINTS,
  pokeMessage,
  chunkHeader,
  rows: ROW_SCHEMAS,
  mutationBody,
  mutations: MUTATIONS,
  errorResponse,
};

export type Wire = Record<string, unknown>;

/**
 * One entry a message. Requests and what people write are given as they may come in, answers as they go out: so those
 * allow no key that is not named.
 */
export function wireOf(parts: Partial<WireParts>): Wire {
  const wire: Wire = {};
  for (const [name, { path, request, response }] of Object.entries(parts.endpoints ?? {})) {
    wire[`${name} path`] = path;
    wire[`${name} request`] = schemaOf(request, 'input');
    wire[`${name} response`] = response === 'bytes' ? response : schemaOf(response, 'output');
  }
  for (const [kind, row] of Object.entries(parts.rows ?? {})) wire[`row ${kind}`] = schemaOf(row, 'output');
  for (const [name, { versions }] of Object.entries(parts.mutations ?? {})) {
    for (const [index, args] of versions.entries()) wire[`mutation ${name} ${index + 1}`] = schemaOf(args, 'input');
  }
  for (const name of ['pokeMessage', 'chunkHeader', 'errorResponse'] as const) {
    const schema = parts[name];
    if (schema) wire[name] = schemaOf(schema, 'output');
  }
  if (parts.mutationBody) wire['mutationBody'] = schemaOf(parts.mutationBody, 'input');
  return wire;
}

function schemaOf(schema: ZodType, io: 'input' | 'output'): unknown {
  return inOneOrder(z.toJSONSchema(schema, { io, unrepresentable: 'any' }));
}

/** In which order alternatives are listed says nothing on the wire. */
function inOneOrder(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const list = value.map((each) => inOneOrder(each));
    return key === 'prefixItems' ? list : list.toSorted((a, b) => (sortText(a) < sortText(b) ? -1 : 1));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, inOneOrder(of, name)]));
}

function sortText(value: unknown): string {
  return alternativeOf(value) ?? canonicalJson(value);
}

/** What one alternative among others is known by: its constants, like the kind of a row. */
function alternativeOf(value: unknown): string | undefined {
  if (!isRecord(value)) return JSON.stringify(value);
  const properties = isRecord(value['properties']) ? value['properties'] : {};
  const constants = Object.values(properties).filter((of) => isRecord(of) && 'const' in of);
  return constants.length === 0 ? undefined : constants.map(constantOf).join(' ');
}

function constantOf(of: unknown): string {
  return String((of as { const: unknown }).const);
}

/** SHA-256 of its canonical JSON, hex. */
export function wireHash(wire: Wire): string {
  return createHash('sha256').update(canonicalJson(wire)).digest('hex');
}

/** Each place at which two of them differ, as `path: before → after`. */
export function wireDifferences(before: unknown, after: unknown, path = ''): string[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  const [was, is] = [byName(before), byName(after)];
  if (was && is) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
    return keys.flatMap((key) => wireDifferences(was[key], is[key], path === '' ? key : `${path}/${key}`));
  }
  return [`${path}: ${spelled(before)} → ${spelled(after)}`];
}

/** Lists by what their elements are known by, so that one more of them does not make all that follow differ. */
function byName(value: unknown): Record<string, unknown> | undefined {
  if (Array.isArray(value)) {
    return Object.fromEntries(value.map((each, index) => [alternativeOf(each) ?? `no. ${index + 1}`, each]));
  }
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function spelled(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > DIFFERENCE_CHARACTERS ? `${text.slice(0, DIFFERENCE_CHARACTERS)}…` : text;
}
