/**
 * The reference: the same orders as JSON over plain HTTP/1.1, by Node's own client and server: one POST an order on a
 * connection kept open, answered with the order as saved; and, for news, a GET every 3 s answered with an empty list.
 * Nothing is packed. Its line is faultless and costs it nothing for what would be lost: the bytes are its best case.
 */
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startFaultProxy } from '../../test/fault-proxy/fault-proxy.ts';

export interface ReferenceBytes {
  perOrder: number;
  perPoll: number;
}

const TOKEN = 'a-bearer-token-as-long-as-that-of-a-desk---';

/** @param orders what is sent and, as its answer, what is got back: JSON texts. */
export async function measureReference(orders: readonly { sent: string; got: string }[]): Promise<ReferenceBytes> {
  let answer = '';
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => {
      response.writeHead(incoming.method === 'POST' ? 201 : 200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const line = await startFaultProxy({ target: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (method: string, path: string, body: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${TOKEN}`,
        accept: 'application/json',
        'content-type': 'application/json',
      };
      const asked = request(line.url + path, { method, agent, headers }, (response) =>
        response.resume().on('end', resolve),
      );
      asked.on('error', reject).end(body);
    });
  const carried = (): number => line.bytes().up + line.bytes().down;
  for (const order of orders) {
    answer = order.got;
    await send('POST', '/orders', order.sent);
  }
  const afterOrders = carried();
  answer = '{"changes":[]}';
  await send('GET', '/changes?since=4711', '');
  const perPoll = carried() - afterOrders;
  agent.destroy();
  await line.close();
  server.close();
  return { perOrder: afterOrders / orders.length, perPoll };
}
