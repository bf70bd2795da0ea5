/** The reference of the load benchmark: plain node:http holding streams open with a heartbeat each, and nothing else. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { HEARTBEAT_INTERVAL_MS } from '../../src-shared/protocol/limits.ts';

const server = http.createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const beat = (): void => void response.write('{"type":"heartbeat","epoch":"","now":0}\n');
  const heart = setInterval(beat, HEARTBEAT_INTERVAL_MS);
  response.on('close', () => clearInterval(heart));
  beat();
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.on('disconnect', () => process.exit(0));
