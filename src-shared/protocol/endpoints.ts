/**
 * What a desk asks of central: POST with JSON both ways, gzip where it pays. Kept apart from the people's API so that
 * desks of older versions can be served for years (docs/protocol.md has the full text).
 */
import type { ZodType } from 'zod';
import { pullRequest, pullResponse, type PullRequest, type PullResponse } from './change.ts';
import { digestRequest, digestResponse, type DigestRequest, type DigestResponse } from './digest.ts';
import {
  digestBucketsRequest,
  digestBucketsResponse,
  digestRowsRequest,
  digestRowsResponse,
  rowsRequest,
  rowsResponse,
} from './digest-rows.ts';
import type {
  DigestBucketsRequest,
  DigestBucketsResponse,
  DigestRowsRequest,
  DigestRowsResponse,
  RowsRequest,
  RowsResponse,
} from './digest-rows.ts';
import { dayBookRequest, dayBookResponse, type DayBookRequest, type DayBookResponse } from './day-book.ts';
import { dryRunRequest, dryRunResponse, type DryRunRequest, type DryRunResponse } from './dry-run.ts';
import { enrolRequest, enrolResponse, signInRequest, signInResponse } from './enrol.ts';
import type { EnrolRequest, EnrolResponse, SignInRequest, SignInResponse } from './enrol.ts';
import { fillChunkRequest, fillOpenRequest, fillOpenResponse } from './fill.ts';
import type { FillChunkRequest, FillOpenRequest, FillOpenResponse } from './fill.ts';
import { helloRequest, helloResponse, type HelloRequest, type HelloResponse } from './hello.ts';
import { leaseReportRequest, leaseReportResponse } from './lease.ts';
import type { LeaseReportRequest, LeaseReportResponse } from './lease.ts';
import { orderPresenceRequest, orderPresenceResponse } from './order-presence.ts';
import type { OrderPresenceRequest, OrderPresenceResponse } from './order-presence.ts';
import { pushRequest, type PushRequest } from './mutation.ts';
import { pushResponse, type PushResponse } from './receipt.ts';
import { proofsRequest, proofsResponse, type ProofsRequest, type ProofsResponse } from './reoffer.ts';
import { reofferRequest, reofferResponse, type ReofferRequest, type ReofferResponse } from './reoffer.ts';
import { reportRequest, reportResponse, type ReportRequest, type ReportResponse } from './report.ts';

export interface Endpoint<Request, Response> {
  path: string;
  request: ZodType<Request>;
  response: ZodType<Response>;
  /** Central reads many rows for the answer, so that it may be longer in coming. */
  slow: boolean;
}

/** One that answers bytes, not JSON; whether they are whole and the right ones is the caller's to check. */
export interface BytesEndpoint<Request> {
  path: string;
  request: ZodType<Request>;
  response: 'bytes';
  slow: boolean;
}

function endpoint<Request, Response>(
  path: string,
  request: ZodType<Request>,
  response: ZodType<Response>,
): Endpoint<Request, Response> {
  return { path, request, response, slow: false };
}

function slowEndpoint<Request, Response>(
  path: string,
  request: ZodType<Request>,
  response: ZodType<Response>,
): Endpoint<Request, Response> {
  return { path, request, response, slow: true };
}

function bytesEndpoint<Request>(path: string, request: ZodType<Request>): BytesEndpoint<Request> {
  return { path, request, response: 'bytes', slow: true };
}

/** Listed here, an endpoint is a method of the desk's line to central (src-main/sync/central-transport.ts). */

export const ENDPOINTS = {
  enrol: endpoint<EnrolRequest, EnrolResponse>('/sync/enrol', enrolRequest, enrolResponse),
  signIn: endpoint<SignInRequest, SignInResponse>('/sync/sign-in', signInRequest, signInResponse),
  hello: endpoint<HelloRequest, HelloResponse>('/sync/hello', helloRequest, helloResponse),
  reoffer: endpoint<ReofferRequest, ReofferResponse>('/sync/reoffer', reofferRequest, reofferResponse),
  proofs: endpoint<ProofsRequest, ProofsResponse>('/sync/proofs', proofsRequest, proofsResponse),
  push: endpoint<PushRequest, PushResponse>('/sync/push', pushRequest, pushResponse),
  reportLeases: endpoint<LeaseReportRequest, LeaseReportResponse>(
    '/sync/leases',
    leaseReportRequest,
    leaseReportResponse,
  ),
  dryRun: slowEndpoint<DryRunRequest, DryRunResponse>('/sync/dry-run', dryRunRequest, dryRunResponse),
  pull: endpoint<PullRequest, PullResponse>('/sync/pull', pullRequest, pullResponse),
  digest: slowEndpoint<DigestRequest, DigestResponse>('/sync/digest', digestRequest, digestResponse),
  digestBuckets: slowEndpoint<DigestBucketsRequest, DigestBucketsResponse>(
    '/sync/digest/buckets',
    digestBucketsRequest,
    digestBucketsResponse,
  ),
  digestRows: slowEndpoint<DigestRowsRequest, DigestRowsResponse>(
    '/sync/digest/rows',
    digestRowsRequest,
    digestRowsResponse,
  ),
  rows: slowEndpoint<RowsRequest, RowsResponse>('/sync/rows', rowsRequest, rowsResponse),
  dayBook: slowEndpoint<DayBookRequest, DayBookResponse>('/sync/day-book', dayBookRequest, dayBookResponse),
  orderPresence: endpoint<OrderPresenceRequest, OrderPresenceResponse>(
    '/sync/order-presence',
    orderPresenceRequest,
    orderPresenceResponse,
  ),
  report: endpoint<ReportRequest, ReportResponse>('/sync/report', reportRequest, reportResponse),
  fillOpen: slowEndpoint<FillOpenRequest, FillOpenResponse>('/sync/fill/open', fillOpenRequest, fillOpenResponse),
  fillChunk: bytesEndpoint<FillChunkRequest>('/sync/fill/chunk', fillChunkRequest),
} as const;

/** A held-open GET that answers one JSON object a line (`poke.ts`). */
export const POKE_PATH = '/sync/poke';
