/** A desk that only pushes: everything but the sending is done beforehand. */
import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import http from 'node:http';
import { createUser } from '../../src-central/identity/create-user.ts';
import { createEnrolmentCode } from '../../src-central/identity/enrol.ts';
import { formatOrderNumber } from '../../src-shared/domain/order-number.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import { ENDPOINTS } from '../../src-shared/protocol/endpoints.ts';
import type { EnrolResponse, SignInResponse } from '../../src-shared/protocol/enrol.ts';
import type { PushResponse } from '../../src-shared/protocol/receipt.ts';
import type { HelloRequest } from '../../src-shared/protocol/hello.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import { BENCH_PASSWORD, newId, type BenchHouse } from './bench-house.ts';

export class PushDesk {
  readonly #url: string;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  readonly #identity: EnrolResponse;
  readonly #session: SignInResponse;
  readonly #key: KeyObject;
  readonly #life = randomUUID();
  #seq = 0;

  private constructor(of: { url: string; identity: EnrolResponse; session: SignInResponse; key: KeyObject }) {
    this.#url = of.url;
    this.#identity = of.identity;
    this.#session = of.session;
    this.#key = of.key;
  }

  static async enrol(house: Pick<BenchHouse, 'url' | 'central' | 'ids'>): Promise<PushDesk> {
    const code = await createEnrolmentCode(house.central, { branchId: house.ids.branchId, ttlMinutes: 10 });
    const identity = await post<EnrolResponse>(house.url + ENDPOINTS.enrol.path, '', {
      protocol: PROTOCOL_VERSION,
      code,
      deviceName: 'Bench',
      publicKey: newKey().publicKey,
    });
    const userName = `clerk-${identity.incarnationCode}`;
    await createUser(house.central, {
      userName,
      displayName: userName,
      role: 'clerk',
      branchId: house.ids.branchId,
      password: BENCH_PASSWORD,
    });
    const { publicKey, key } = newKey();
    const session = await post<SignInResponse>(house.url + ENDPOINTS.signIn.path, identity.deviceToken, {
      protocol: PROTOCOL_VERSION,
      userName,
      password: BENCH_PASSWORD,
      publicKey,
    });
    const desk = new PushDesk({ url: house.url, identity, session, key });
    const { incarnationId, incarnationCode, epoch } = identity;
    await post(house.url + ENDPOINTS.hello.path, identity.deviceToken, {
      protocol: PROTOCOL_VERSION,
      epoch,
      cursor: '',
      incarnationId,
      incarnationCode,
      life: { before: [], now: desk.#life },
      highestSeq: 0,
      machine: null,
      build: 'bench',
      suspect: null,
      newest: null,
      sessions: [],
    } satisfies HelloRequest);
    return desk;
  }

  /** The request's bytes: bodies, hashes, signatures. */
  prepare(orders: readonly OrderContent[]): Buffer {
    const { branch, incarnationId, incarnationCode } = this.#identity;
    const mutations = orders.map((order) => {
      this.#seq += 1;
      const number = formatOrderNumber({ branchCode: branch.code, incarnationCode, running: this.#seq });
      const id = newId();
      const body = JSON.stringify({
        id,
        incarnationId,
        lane: `order:${order.orderId}`,
        dependsOn: [],
        name: 'order.place',
        schemaVersion: 1,
        args: { ...order, number },
        businessDate: order.businessDate,
        madeAt: Date.now(),
        sessionId: this.#session.sessionId,
      });
      const bodyHash = createHash('sha256').update(body).digest('hex');
      const signature = sign(null, Buffer.from(body), this.#key).toString('base64');
      return { id, seq: this.#seq, body, bodyHash, signature };
    });
    return Buffer.from(JSON.stringify({ protocol: PROTOCOL_VERSION, incarnationId, life: this.#life, mutations }));
  }

  /** @throws when anything was not applied: a benchmark of refusals would be no benchmark. */
  async push(prepared: Buffer): Promise<void> {
    const text = await send(this.#url + ENDPOINTS.push.path, this.#agent, this.#identity.deviceToken, prepared);
    const answer = JSON.parse(text) as PushResponse;
    const wrong = answer.outcomes?.find(({ outcome }) => outcome !== 'applied');
    if (!answer.outcomes || wrong) throw new Error(`push: ${JSON.stringify(wrong ?? answer)}`);
  }
}

function newKey(): { publicKey: string; key: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'), key: privateKey };
}

async function post<T>(url: string, token: string, body: unknown): Promise<T> {
  return JSON.parse(await send(url, undefined, token, Buffer.from(JSON.stringify(body)))) as T;
}

function send(url: string, agent: http.Agent | undefined, token: string, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      authorization: `Bearer ${token}`,
    };
    const request = http.request(url, { method: 'POST', headers, ...(agent ? { agent } : {}) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${url}: ${response.statusCode} ${text}`));
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
