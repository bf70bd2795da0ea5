/**
 * What the desk needs of the line to central: one method for each of `ENDPOINTS`, and the poke stream. A simulation
 * puts its own line in its place.
 */
import type { BytesEndpoint, Endpoint, ENDPOINTS } from '../../src-shared/protocol/endpoints.ts';
import type { PokeMessage } from '../../src-shared/protocol/poke.ts';

export interface TransportCall {
  /** The device's token. */
  token: string;
  signal?: AbortSignal | undefined;
  /** Called as bytes of the answer come: a long answer over a slow line is no silence. */
  onProgress?: (() => void) | undefined;
}

type Endpoints = typeof ENDPOINTS;
type AskName = Exclude<keyof Endpoints, 'enrol'>;
type RequestOf<E> = E extends { request: { _output: infer Request } } ? Request : never;
type ResponseOf<E> =
  E extends BytesEndpoint<infer _> ? Uint8Array : E extends Endpoint<infer _, infer Response> ? Response : never;

/**
 * Every method answers within the protocol's deadlines or throws an `AppError`: `CENTRAL_UNREACHABLE` when no answer
 * of central's came (its `reason` is one of `LineReason`, or `http N`), else what central said.
 */
export type CentralTransport = {
  [Name in AskName]: (request: RequestOf<Endpoints[Name]>, call: TransportCall) => Promise<ResponseOf<Endpoints[Name]>>;
} & {
  /** The one request without a token: its answer has it. */
  enrol(request: RequestOf<Endpoints['enrol']>): Promise<ResponseOf<Endpoints['enrol']>>;
  /** Ends with the signal or with the stream. It does not watch for heartbeats: its reader does. */
  openPoke(call: TransportCall & { signal: AbortSignal }): AsyncIterable<PokeMessage>;
};

/** Makes the methods of all endpoints at once: a new endpoint needs no line here. */
export function endpointMethods(
  endpoints: Endpoints,
  ask: (name: keyof Endpoints, request: unknown, call: Partial<TransportCall>) => Promise<unknown>,
): Omit<CentralTransport, 'openPoke'> {
  const methods = Object.fromEntries(
    (Object.keys(endpoints) as (keyof Endpoints)[]).map((name) => [
      name,
      (request: unknown, call: Partial<TransportCall> = {}) => ask(name, request, call),
    ]),
  );
  // The keys are those of the endpoints, and `ask` answers what the endpoint's schema has read.
  return methods as unknown as Omit<CentralTransport, 'openPoke'>;
}
