/** A desk as central sees one: it enrols, signs in, signs mutations, pushes and pulls. No store, no rules. */
import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import { formatOrderNumber } from '../../src-shared/domain/order-number.ts';
import type { AppErrorData } from '../../src-shared/protocol/app-error.ts';
import type { Change, PullResponse } from '../../src-shared/protocol/change.ts';
import { ENDPOINTS } from '../../src-shared/protocol/endpoints.ts';
import type { EnrolResponse, SignInResponse } from '../../src-shared/protocol/enrol.ts';
import type { HelloRequest, HelloResponse } from '../../src-shared/protocol/hello.ts';
import type { MutationBody, PushedMutation } from '../../src-shared/protocol/mutation.ts';
import type { PushOutcome, PushResponse } from '../../src-shared/protocol/receipt.ts';
import { PROTOCOL_VERSION } from '../../src-shared/protocol/versions.ts';
import type { TestCentral } from './central-fixture.ts';
import { newId, TEST_PASSWORD } from './test-house.ts';

export interface AskedTestLine {
  product: string;
  /** Thousandths of the unit. */
  quantity: number;
  unit?: string;
  quotedUnitPrice?: number;
}

export interface Answer<T> {
  status: number;
  body: T;
  error: AppErrorData | undefined;
}

export class TestDesk {
  readonly central: TestCentral;
  readonly identity: EnrolResponse;
  readonly session: SignInResponse;
  readonly key: KeyObject;
  cursor = '';
  life: string = randomUUID();
  #seq = 0;
  #running = 0;

  private constructor(central: TestCentral, of: { identity: EnrolResponse; session: SignInResponse; key: KeyObject }) {
    this.central = central;
    this.identity = of.identity;
    this.session = of.session;
    this.key = of.key;
  }

  static async enrol(central: TestCentral, branchCode: string, userName: string): Promise<TestDesk> {
    const code = await central.createEnrolmentCode(branchCode);
    const identity = await must<EnrolResponse>(central, ENDPOINTS.enrol.path, undefined, {
      protocol: PROTOCOL_VERSION,
      code,
      deviceName: `desk of ${userName}`,
      publicKey: newKey().publicKey,
    });
    const { publicKey, key } = newKey();
    const session = await must<SignInResponse>(central, ENDPOINTS.signIn.path, identity.deviceToken, {
      protocol: PROTOCOL_VERSION,
      userName,
      password: TEST_PASSWORD,
      publicKey,
    });
    const desk = new TestDesk(central, { identity, session, key });
    await desk.greet();
    return desk;
  }

  today(): string {
    return new Date().toISOString().slice(0, 10);
  }

  /** An order's content; C1 and P1's own price unless told otherwise. */
  content(lines: readonly AskedTestLine[], more: Partial<OrderContent> & { customer?: string } = {}): OrderContent {
    const { customer = 'C2', ...rest } = more;
    const { house } = this.central;
    this.#running += 1;
    const { branch, incarnationCode } = this.identity;
    const number = formatOrderNumber({ branchCode: branch.code, incarnationCode, running: this.#running });
    return {
      orderId: newId() as OrderContent['orderId'],
      number,
      branchId: branch.branchId,
      warehouseId: branch.warehouseId,
      customerId: known(house.customers[customer]).customerId,
      businessDate: this.today(),
      note: '',
      lines: lines.map((line) => ({
        productId: known(house.products[line.product]).productId,
        unit: line.unit ?? known(house.products[line.product]).baseUnit,
        quantity: line.quantity,
        quotedUnitPrice: line.quotedUnitPrice ?? (line.unit === 'case' ? 306_000 : 25_500),
      })),
      ...rest,
    };
  }

  body(name: string, args: unknown, more: Partial<MutationBody> = {}): MutationBody {
    const { orderId = '' } = args as { orderId?: string };
    return {
      id: newId() as MutationBody['id'],
      incarnationId: this.identity.incarnationId,
      lane: `order:${orderId}`,
      dependsOn: [],
      name,
      schemaVersion: 1,
      args,
      businessDate: this.today(),
      madeAt: Date.now(),
      sessionId: this.session.sessionId,
      ...more,
    };
  }

  sign(body: MutationBody, more: Partial<PushedMutation> = {}): PushedMutation {
    this.#seq += 1;
    const text = JSON.stringify(body);
    return {
      id: body.id,
      seq: this.#seq,
      body: text,
      bodyHash: createHash('sha256').update(text).digest('hex'),
      signature: sign(null, Buffer.from(text), this.key).toString('base64'),
      ...more,
    };
  }

  /** A placing, signed; its content beside it. */
  place(lines: readonly AskedTestLine[], more: Parameters<TestDesk['content']>[1] = {}): Signed {
    const content = this.content(lines, more);
    return { content, pushed: this.sign(this.body('order.place', content)) };
  }

  amend(content: OrderContent, of: { baseVersion: number; dependsOn?: readonly string[] }): PushedMutation {
    const args = { ...content, baseVersion: of.baseVersion };
    return this.sign(this.body('order.amend', args, { dependsOn: (of.dependsOn ?? []) as MutationBody['dependsOn'] }));
  }

  async ask<T>(path: string, body: Record<string, unknown>): Promise<Answer<T>> {
    return ask<T>(this.central, path, this.identity.deviceToken, { protocol: PROTOCOL_VERSION, ...body });
  }

  /** Says hello under its life, or a new one, as a desk does when it starts. */
  async greet(more: Partial<HelloRequest> = {}): Promise<HelloResponse> {
    const { body, error } = await this.ask<HelloResponse>(ENDPOINTS.hello.path, { ...this.hello(), ...more });
    if (error) throw new Error(`hello: ${JSON.stringify(error)}`);
    return ENDPOINTS.hello.response.parse(body);
  }

  hello(): Omit<HelloRequest, 'protocol'> {
    const { epoch, incarnationId, incarnationCode } = this.identity;
    return {
      epoch,
      cursor: this.cursor,
      incarnationId,
      incarnationCode,
      life: { before: [], now: this.life },
      highestSeq: this.#seq,
      machine: null,
      build: 'test',
      suspect: null,
      newest: null,
      sessions: [],
    };
  }

  async pushRaw(mutations: readonly unknown[], more: Record<string, unknown> = {}): Promise<Answer<PushResponse>> {
    return this.ask(ENDPOINTS.push.path, {
      incarnationId: this.identity.incarnationId,
      life: this.life,
      mutations,
      ...more,
    });
  }

  /** Outcomes by mutation id. */
  async push(...mutations: readonly PushedMutation[]): Promise<Map<string, PushOutcome>> {
    const { body, error } = await this.pushRaw(mutations);
    if (error) throw new Error(`push: ${JSON.stringify(error)}`);
    const { outcomes } = ENDPOINTS.push.response.parse(body);
    return new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  }

  async pushOne(mutation: PushedMutation): Promise<PushOutcome> {
    return known((await this.push(mutation)).get(mutation.id));
  }

  /** Everything up to the gate. */
  async pull(): Promise<Change[]> {
    const changes: Change[] = [];
    for (;;) {
      const { body, error } = await this.ask<PullResponse>(ENDPOINTS.pull.path, { cursor: this.cursor });
      if (error) throw new Error(`pull: ${JSON.stringify(error)}`);
      const page = ENDPOINTS.pull.response.parse(body);
      changes.push(...page.changes);
      this.cursor = page.cursor;
      if (!page.more) return changes;
    }
  }
}

export interface Signed {
  content: OrderContent;
  pushed: PushedMutation;
}

export function newKey(): { publicKey: string; key: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'), key: privateKey };
}

export async function ask<T>(
  central: Pick<TestCentral, 'url'>,
  path: string,
  token: string | undefined,
  body: unknown,
): Promise<Answer<T>> {
  const response = await fetch(`${central.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  const answered = (await response.json()) as T & { error?: AppErrorData };
  return { status: response.status, body: answered, error: answered.error };
}

async function must<T>(central: TestCentral, path: string, token: string | undefined, body: unknown): Promise<T> {
  const answer = await ask<T>(central, path, token, body);
  if (answer.error) throw new Error(`${path}: ${JSON.stringify(answer.error)}`);
  return answer.body;
}

export function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there');
  return value;
}
