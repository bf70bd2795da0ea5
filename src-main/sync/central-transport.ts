/** What the desk needs of the line to central: one method an endpoint. A simulation puts its own line in its place. */
import type { PullRequest, PullResponse } from '../../src-shared/protocol/change.ts';
import type { DigestRequest, DigestResponse } from '../../src-shared/protocol/digest.ts';
import type { EnrolRequest, EnrolResponse, SignInRequest, SignInResponse } from '../../src-shared/protocol/enrol.ts';
import type { PushRequest } from '../../src-shared/protocol/mutation.ts';
import type { PokeMessage } from '../../src-shared/protocol/poke.ts';
import type { PushResponse } from '../../src-shared/protocol/receipt.ts';

export interface TransportCall {
  /** The device's token. */
  token: string;
  signal?: AbortSignal | undefined;
}

/**
 * Every method answers within the protocol's deadlines or throws an `AppError`: `CENTRAL_UNREACHABLE` when no answer
 * of central's came (its `reason` is one of `UnreachableReason`, or `http N`), else what central said.
 */
export interface CentralTransport {
  enrol(request: EnrolRequest): Promise<EnrolResponse>;
  signIn(request: SignInRequest, call: TransportCall): Promise<SignInResponse>;
  push(request: PushRequest, call: TransportCall): Promise<PushResponse>;
  pull(request: PullRequest, call: TransportCall): Promise<PullResponse>;
  digest(request: DigestRequest, call: TransportCall): Promise<DigestResponse>;
  /** Ends with the signal or with the stream. It does not watch for heartbeats: its reader does. */
  openPoke(call: TransportCall & { signal: AbortSignal }): AsyncIterable<PokeMessage>;
}

/** Why central can't be reached; a code for the screen and the log. */
export type UnreachableReason =
  | 'refused'
  | 'unknown host'
  | 'no answer'
  | 'broken off'
  | 'certificate'
  | 'not our server'
  | 'no heartbeat'
  | 'no address';
