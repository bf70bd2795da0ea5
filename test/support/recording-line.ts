/**
 * A line that writes down what central answers, and passes it on as it is. It can be cut. Whoever reads the record
 * knows what a desk was really told, and not what a test believes that it asked.
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';

export interface RecordedAnswer {
  /** Without the query. */
  path: string;
  status: number;
  /** Unpacked. Of a stream, what has come so far. */
  text: string;
  streamed: boolean;
}

export interface RecordingLine {
  url: string;
  answers: readonly RecordedAnswer[];
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

const UNPACK: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: (bytes) => gunzipSync(bytes),
  deflate: (bytes) => inflateSync(bytes),
  br: (bytes) => brotliDecompressSync(bytes),
  zstd: (bytes) => zstdDecompressSync(bytes),
  identity: (bytes) => bytes,
};

export async function startRecordingLine(centralUrl: string): Promise<RecordingLine> {
  const answers: RecordedAnswer[] = [];
  let isCut = false;
  const server = createServer((desk, reply) => {
    if (isCut) desk.socket.destroy();
    else passOn(desk, reply, { centralUrl, answers });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    cut: () => {
      isCut = true;
      server.closeAllConnections();
    },
    mend: () => {
      isCut = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function passOn(
  desk: IncomingMessage,
  reply: ServerResponse,
  { centralUrl, answers }: { centralUrl: string; answers: RecordedAnswer[] },
): void {
  const target = new URL(desk.url ?? '/', centralUrl);
  const asked = request(target, { method: desk.method, headers: { ...desk.headers, host: target.host } });
  asked.on('error', () => desk.socket.destroy());
  asked.on('response', (answer) => {
    const { statusCode: status = 0, headers } = answer;
    const streamed = headers['content-length'] === undefined && headers['content-encoding'] === undefined;
    const record: RecordedAnswer = { path: target.pathname, status, text: '', streamed };
    const chunks: Buffer[] = [];
    answers.push(record);
    reply.writeHead(status, headers);
    answer.on('data', (bytes: Buffer) => {
      chunks.push(bytes);
      if (streamed) record.text = Buffer.concat(chunks).toString();
      reply.write(bytes);
    });
    answer.on('end', () => {
      const unpack = UNPACK[headers['content-encoding'] ?? 'identity'];
      if (!unpack) throw new Error(`nobody here unpacks ${headers['content-encoding']}`);
      record.text = unpack(Buffer.concat(chunks)).toString();
      reply.end();
    });
    answer.on('error', () => desk.socket.destroy());
  });
  reply.on('close', () => asked.destroy());
  desk.pipe(asked);
}
