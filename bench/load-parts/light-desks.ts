/**
 * Many desks in one process, with nothing of a desk but its end of the line: each holds a poke stream open and pulls when
 * it is poked, as the protocol has it. Told what to do by its parent, it answers with figures.
 */
import http from 'node:http';
import { ENDPOINTS, POKE_PATH } from '../../src-shared/protocol/endpoints.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import type { LightAnswer, LightOrder } from './messages.ts';

const figures = { open: 0, pokes: 0, heartbeats: 0, pulls: 0, changes: 0, failures: 0 };
let pullMs: number[] = [];
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

process.on('message', (order: LightOrder) => {
  switch (order.what) {
    case 'connect':
      for (const token of order.tokens) listen(order.url, token, order.cursor);
      return;
    case 'report': {
      const answer: LightAnswer = { ...figures, pullMs };
      pullMs = [];
      process.send?.(answer);
      return;
    }
    case 'reset':
      Object.assign(figures, { pokes: 0, heartbeats: 0, pulls: 0, changes: 0, failures: 0 });
      pullMs = [];
      return;
  }
});
process.on('disconnect', () => process.exit(0));

function listen(url: string, token: string, from: string): void {
  const desk = { cursor: from, pulling: false, again: false };
  const pull = async (): Promise<void> => {
    // As a desk does: one pull at a time, and one more when something came meanwhile.
    if (desk.pulling) {
      desk.again = true;
      return;
    }
    desk.pulling = true;
    try {
      do {
        desk.again = false;
        const began = performance.now();
        const page = await post(url + ENDPOINTS.pull.path, token, { protocol: PROTOCOL_VERSION, cursor: desk.cursor });
        pullMs.push(performance.now() - began);
        figures.pulls += 1;
        figures.changes += page.changes.length;
        desk.cursor = page.cursor;
        if (page.more) desk.again = true;
      } while (desk.again);
    } catch {
      figures.failures += 1;
    } finally {
      desk.pulling = false;
    }
  };
  const request = http.get(
    `${url}${POKE_PATH}?protocol=${PROTOCOL_VERSION}`,
    { agent: false, headers: { authorization: `Bearer ${token}` } },
    (response) => {
      figures.open += 1;
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        for (const line of text.split('\n')) {
          if (line.includes('"poke"')) {
            figures.pokes += 1;
            if (from !== '') void pull();
          } else if (line !== '') figures.heartbeats += 1;
        }
      });
      response.on('close', () => {
        figures.open -= 1;
      });
    },
  );
  request.on('error', () => {
    figures.failures += 1;
  });
}

function post(
  url: string,
  token: string,
  body: unknown,
): Promise<{ cursor: string; more: boolean; changes: unknown[] }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(JSON.parse(text) as { cursor: string; more: boolean; changes: [] });
        else reject(new Error(`${response.statusCode} ${text}`));
      });
    });
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}
