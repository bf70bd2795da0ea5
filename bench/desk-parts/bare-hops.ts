/**
 * The reference of `propagation`: the HTTP that an order has to make from one desk to another, and nothing else. One
 * server in a process of its own: a push is answered and, as a line on a held-open stream, told to the other side, which
 * then fetches. Bodies are as long as those of an order.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const streams = new Set<ServerResponse>();
let last = Buffer.alloc(0);

const server = createServer((request, response) => {
  if (request.url === '/stream') {
    streams.add(response);
    response.write('\n');
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url === '/pull') {
      response.end(last);
      return;
    }
    last = Buffer.concat(chunks);
    response.end('{}');
    for (const stream of streams) stream.write('{"type":"poke"}\n');
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.on('disconnect', () => process.exit());
