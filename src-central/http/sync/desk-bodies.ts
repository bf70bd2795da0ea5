/**
 * How the bodies of desks' requests are read, and how answers say what they were.
 *
 * Guarantees: a packed body is unpacked up to the route's own bound and no further, whatever it claims; a body that was
 * changed on the way, as its proof tells, is refused as the line's fault and never as the desk's, so that no mutation is
 * set aside for it. What a body is packed with is read from its first bytes, not from a header that a proxy may drop.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../src-shared/protocol/app-error.ts';
import { ANSWER_PROOF_HEADER, REQUEST_PROOF_HEADER } from '../../../src-shared/protocol/content-proof.ts';

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

/** @param server of the desks' routes alone. */
export function readDeskBodies(server: FastifyInstance): void {
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      const unpacked = await unpack(body, request.routeOptions.bodyLimit);
      assertProven(request, unpacked);
      return new Promise((resolve, reject) => {
        void parseJson(request, unpacked.toString('utf8'), (error, value) => (error ? reject(error) : resolve(value)));
      });
    },
  );
  // Before the answer is packed, for a proxy may unpack it.
  server.addHook('onSend', async (request, reply, payload) => {
    if (request.headers[REQUEST_PROOF_HEADER] === undefined) return payload;
    if (typeof payload === 'string' || payload instanceof Uint8Array)
      reply.header(ANSWER_PROOF_HEADER, sha256(payload));
    return payload;
  });
  // What is thrown goes to the handler of all routes, which answers.
  server.setErrorHandler((error: FastifyError) => {
    throw isMangled(error) ? garbled() : error;
  });
}

async function unpack(body: Buffer, maxOutputLength: number): Promise<Buffer> {
  try {
    if (startsWith(body, GZIP)) return await promisify(gunzip)(body, { maxOutputLength });
    if (startsWith(body, ZSTD)) return await promisify(zstdDecompress)(body, { maxOutputLength });
    return body;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(maxOutputLength);
    throw garbled(cause);
  }
}

/** A desk of version 1 proves nothing. */
function assertProven(request: FastifyRequest, body: Buffer): void {
  const { [REQUEST_PROOF_HEADER]: proof, authorization = '' } = request.headers;
  if (proof === undefined) return;
  const token = authorization.replace(/^Bearer /, '');
  if (proof !== sha256(token, '\n', body)) throw garbled();
}

/**
 * What no desk sent so, of whatever version: they always say a type and a length, and send JSON. One of protocol 1, which
 * proves nothing, would set a mutation aside for a person if it heard that central can't read it.
 */
function isMangled({ code }: FastifyError): boolean {
  return (
    code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' ||
    code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH' ||
    code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ||
    code === 'FST_ERR_CTP_INVALID_JSON_BODY'
  );
}

function garbled(cause?: unknown): AppError {
  return new AppError({ code: 'CENTRAL_UNREACHABLE', retry: 'later', reason: 'garbled' }, { cause });
}

function tooLarge(limit: number): AppError {
  const reason = `more than ${limit} bytes`;
  return new AppError({ code: 'MALFORMED', retry: 'never', fields: [{ path: '', reason }] });
}

function sha256(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('base64');
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}
