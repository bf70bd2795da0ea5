/** Real servers on the loopback address that behave as lines and strangers do, for tests of who asks them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { AppError, type AppErrorData } from '../../src-shared/protocol/app-error.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const servers = new Set<Server>();

export function certificate(name: 'ca' | 'good' | 'expired' | 'future' | 'other-name' | 'server-key'): string {
  return readFileSync(new URL(`../fixtures/certificates/${name}.pem`, import.meta.url), 'utf8');
}

export async function serve(answer: Answer, port = 0): Promise<string> {
  return `http://127.0.0.1:${await listening(createServer(answer), port)}`;
}

/** With a certificate of the private authority. */
export async function serveSecurely(of: 'good' | 'expired' | 'future' | 'other-name', answer: Answer): Promise<string> {
  const server = createSecureServer({ cert: certificate(of), key: certificate('server-key') }, answer);
  server.on('tlsClientError', () => undefined);
  return `https://127.0.0.1:${await listening(server, 0)}`;
}

export async function listening(server: Server, port: number): Promise<number> {
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** An address where nobody listens. */
export async function deserted(): Promise<string> {
  const server = createServer();
  const port = await listening(server, 0);
  servers.delete(server);
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

export function closeServers(): void {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers.clear();
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await request.toArray());
}

export async function failure(of: Promise<unknown>): Promise<AppErrorData> {
  const error: unknown = await of.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof AppError)) throw new Error(`no AppError but ${String(error)}`);
  return error.data;
}
