/**
 * The desk's API as the browser host serves it, over real HTTP: what a person may type wrong is said on its field in
 * the reader's language, and nobody gets in who has not the token of this start.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SpokenIssue } from '../../src-main/api/spoken-issue.ts';
import { newOrderId, openOffice, orderFor, settled, type Office, type OfficeDesk } from '../support/office.ts';
import { deskApi, runToEnd, startDeskProgram } from '../support/programs.ts';
import { TEST_PASSWORD } from '../support/test-house.ts';

let office: Office;
let desk: OfficeDesk;
let origin: string;

beforeAll(async () => {
  office = await openOffice();
  desk = await office.openDesk();
  origin = new URL(desk.program.url).origin;
});
afterAll(() => office.close());

interface Answer {
  result?: { data: { orderId: string; number: string; issues: SpokenIssue[] } };
  error?: { message: string; data: { httpStatus: number; app: { code: string }; issues: SpokenIssue[] } };
}

async function placeRaw(body: unknown, language: string, token = desk.program.token): Promise<Answer> {
  const response = await fetch(`${origin}/trpc/orders.place`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'accept-language': language,
    },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer;
}

type Given = ReturnType<typeof orderFor>;

const wrong: [what: string, spoil: (good: Given) => unknown, at: string, code: string, en: RegExp, zh: RegExp][] = [
  [
    'letters',
    (good) => quantity(good, '12a'),
    'lines.0.quantity',
    'quantity.notANumber',
    /must be a number/,
    /必须是数字/,
  ],
  [
    'nothing',
    (good) => quantity(good, null),
    'lines.0.quantity',
    'quantity.notANumber',
    /must be a number/,
    /必须是数字/,
  ],
  ['0', (good) => quantity(good, 0), 'lines.0.quantity', 'quantity.notPositive', /more than 0/, /大于 0/],
  [
    'a negative quantity',
    (good) => quantity(good, -3),
    'lines.0.quantity',
    'quantity.notPositive',
    /more than 0/,
    /大于 0/,
  ],
  ['1e9', (good) => quantity(good, 1e9), 'lines.0.quantity', 'quantity.tooLarge', /too large/, /数量过大/],
  ['1e300', (good) => quantity(good, 1e300), 'lines.0.quantity', 'quantity.tooLarge', /too large/, /数量过大/],
  [
    'half a piece',
    (good) => quantity(good, 0.5),
    'lines.0.quantity',
    'quantity.notStep',
    /sold whole only/,
    /只按整数销售/,
  ],
  [
    'four decimals',
    (good) => quantity(good, 1.0001),
    'lines.0.quantity',
    'quantity.tooPrecise',
    /three decimals/,
    /三位小数/,
  ],
  [
    'an unknown product',
    (good) => ({ ...good, lines: [{ productId: newOrderId(), unit: 'piece', quantity: 1 }] }),
    'lines.0.productId',
    'product.unknown',
    /no product/,
    /没有这个编码的商品/,
  ],
  [
    'an inactive product',
    () => orderFor(office.house.house, { product: 'P9' }),
    'lines.0.productId',
    'product.inactive',
    /no longer sold/,
    /已停售/,
  ],
  [
    'an unknown unit',
    () => orderFor(office.house.house, { unit: 'pallet' }),
    'lines.0.unit',
    'unit.unknown',
    /not sold by "pallet"/,
    /不按“pallet”销售/,
  ],
  [
    'an inactive customer',
    () => orderFor(office.house.house, { customer: 'C8' }),
    'customerId',
    'customer.inactive',
    /no longer active/,
    /已停用/,
  ],
  [
    'an unknown customer',
    (good) => ({ ...good, customerId: 'nobody' }),
    'customerId',
    'customer.unknown',
    /not known/,
    /没有这个客户/,
  ],
  [
    'a note of 100 kB',
    (good) => ({ ...good, note: '字'.repeat(100_000) }),
    'note',
    'note.tooLong',
    /at most 2,?000/,
    /最多 2,?000/,
  ],
  ['no lines', (good) => ({ ...good, lines: [] }), 'lines', 'order.noLines', /no lines/, /还没有明细/],
  [
    '2,001 lines',
    (good) => ({ ...good, lines: Array.from({ length: 2_001 }, () => good.lines[0]) }),
    'lines',
    'order.tooManyLines',
    /at most 2,?000/,
    /最多 2,?000/,
  ],
];

function quantity(good: Given, typed: unknown): unknown {
  return { ...good, lines: good.lines.map(({ productId, unit }) => ({ productId, unit, quantity: typed })) };
}

describe('an order with', () => {
  test.each(wrong)('%s is refused on its field, in both languages, and nothing is saved', async (...row) => {
    const [, spoil, at, code, en, zh] = row;
    for (const [language, words] of [
      ['en-GB,en;q=0.9', en],
      ['zh-CN,zh;q=0.9,en;q=0.8', zh],
    ] as const) {
      const good = orderFor(office.house.house);
      const answer = await placeRaw(spoil(good), language);
      const found = answer.error?.data.issues.find((issue) => issue.code === code);
      expect(found?.path.join('.'), JSON.stringify(answer).slice(0, 500)).toBe(at);
      expect(found?.message).toMatch(words);
      expect(answer.error?.data).toMatchObject({ httpStatus: 422, app: { code: 'INPUT' } });
      await expect(desk.api.orders.get.query({ orderId: good.orderId })).rejects.toThrow();
    }
  });

  test('emoji and rare characters in its note keeps them, here and at central', async () => {
    const note = 'Please 🙏🏽 call before 送货 — 𠮷野家 ☕️';
    const good = orderFor(office.house.house, { note });
    expect((await placeRaw(good, 'en')).result?.data.orderId).toBe(good.orderId);
    await settled(desk);
    expect((await desk.api.orders.get.query({ orderId: good.orderId })).note).toBe(note);
    const row = await office.house.db
      .selectFrom('sales_order')
      .select('note')
      .where('order_id', '=', good.orderId)
      .executeTakeFirstOrThrow();
    expect(row.note).toBe(note);
  });

  test('2,000 lines works, and settles', async () => {
    const { products } = office.house.house;
    const codes = ['P1', 'P2', 'P3', 'P4', 'P5'];
    const lines = Array.from({ length: 2_000 }, (_, index) => {
      const product = products[codes[index % codes.length] ?? ''];
      return { productId: product?.productId ?? '', unit: product?.baseUnit ?? '', quantity: 1 };
    });
    const good = { ...orderFor(office.house.house), lines };
    const placed = await desk.api.orders.place.mutate(good);
    expect(placed.issues).toEqual([]);
    expect(placed.totalMinor).toBe(2_000 * 255);
    await settled(desk);
    expect((await desk.api.orders.get.query({ orderId: good.orderId })).sync).toBe('applied');
    expect((await desk.api.sync.verify.query()).different).toEqual([]);
  });

  test('an id that was placed before gets the first answer', async () => {
    const good = orderFor(office.house.house);
    const first = await desk.api.orders.place.mutate(good);
    expect(await desk.api.orders.place.mutate(good)).toMatchObject({ orderId: first.orderId, number: first.number });
    await settled(desk);
    expect(await desk.api.orders.place.mutate(good)).toMatchObject({ orderId: first.orderId, number: first.number });
  });

  test('a shape that is none is said to be malformed, with the field', async () => {
    const answer = await placeRaw({ ...orderFor(office.house.house), orderId: 'not-a-uuid' }, 'en');
    expect(answer.error?.data).toMatchObject({ app: { code: 'MALFORMED', fields: [{ path: 'orderId' }] } });
  });
});

/** With headers that fetch would not let a caller set. */
function bare(target: string, headers: Record<string, string>): Promise<number> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path: target, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('a person', () => {
  test('is told that the password is wrong, in that person’s language, and stays signed out', async () => {
    const stranger = deskApi(origin, desk.program.token, 'zh-CN');
    const wrongPassword = { userName: 'clerk', password: 'guess' };
    await expect(stranger.session.signIn.mutate(wrongPassword)).rejects.toThrow(/用户名或密码错误/);
    await expect(desk.api.session.signIn.mutate(wrongPassword)).rejects.toThrow(/password is wrong/);
    expect((await desk.api.session.state.query()).user?.userName).toBe('clerk');
    expect((await desk.api.sync.status.query()).link).toBe('online');
  });

  test('who is signed out can place nothing until somebody signs in, and then under that name', async () => {
    await desk.api.session.signOut.mutate();
    expect((await desk.api.session.state.query()).user).toBeNull();
    const order = orderFor(office.house.house);
    await expect(desk.api.orders.place.mutate(order)).rejects.toThrow(/Nobody is signed in/);
    await desk.api.session.signIn.mutate({ userName: 'manager', password: TEST_PASSWORD });
    await desk.api.orders.place.mutate(order);
    await settled(desk);
    const { history } = await desk.api.orders.get.query({ orderId: order.orderId });
    expect(history.map((event) => event.userName)).toEqual(['manager']);
    await desk.api.session.signIn.mutate({ userName: 'clerk', password: TEST_PASSWORD });
  });

  test('with a wrong enrolment code is told so, and nothing is left half done', async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'orderdesk-desk-'));
    const args = ['--central', office.central.url, '--data', dataDir];
    const { exitCode, stderr } = await runToEnd('src-main/hosts/browser/main.ts', [...args, '--enrol', 'WRONG-CODE']);
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(/code is wrong, used or expired|注册码错误/);
    const program = await startDeskProgram({ centralUrl: office.central.url, dataDir });
    expect((await program.api.session.state.query()).enrolled).toBe(false);
    await program.kill();
    await rm(dataDir, { recursive: true, force: true });
  });
});

describe('the browser host', () => {
  const status = '/trpc/sync.status';

  test('answers nobody without the token of this start, in the reader’s language', async () => {
    const authorization = `Bearer ${desk.program.token}`;
    expect(await bare(status, { authorization })).toBe(200);
    expect(await bare(status, {})).toBe(401);
    expect(await bare(status, { authorization: 'Bearer wrong' })).toBe(401);
    expect((await placeRaw({}, 'zh-CN', 'wrong')).error?.message).toMatch(/无法打开/);
    // No way around by pretending to be a WebSocket.
    expect(await bare(status, { upgrade: 'websocket', connection: 'upgrade' })).toBe(401);
  });

  test('answers to no other name and to no foreign page', async () => {
    const authorization = `Bearer ${desk.program.token}`;
    expect(await bare(status, { authorization, host: 'evil.example' })).toBe(403);
    expect(await bare(status, { authorization, origin: 'http://evil.example' })).toBe(403);
    expect(await bare('/', { host: 'evil.example' })).toBe(403);
  });

  test('lets no WebSocket in without the token', async () => {
    for (const token of ['', 'wrong']) {
      const events = await heard(deskApi(origin, token));
      expect(events).toEqual({ data: 0, refused: true });
    }
    expect((await heard(desk.api)).data).toBeGreaterThan(0);
  });

  test('lets a page run and load only what is its own', async () => {
    const page = await fetch(`${origin}/orders`);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    expect(nonce).toMatch(/^[\w+/]{22}==$/);
    const again = await fetch(`${origin}/`);
    expect(again.headers.get('content-security-policy')).not.toContain(nonce);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    for (const file of ['/../package.json', '/assets/..%2f..%2fpackage.json', '/.env', '/assets/none.js']) {
      expect(await bare(file, {}), file).toBe(404);
    }
  });
});

/** What a subscriber to the event stream gets to hear in its first moments. */
function heard(api: OfficeDesk['api']): Promise<{ data: number; refused: boolean }> {
  return new Promise((resolve) => {
    const subscription = api.events.stream.subscribe(undefined, {
      onData: () => end({ data: 1, refused: false }),
      onError: () => end({ data: 0, refused: true }),
      onConnectionStateChange: (state) => {
        if (state.state === 'connecting' && state.error) end({ data: 0, refused: true });
      },
    });
    const end = (answer: { data: number; refused: boolean }): void => {
      subscription.unsubscribe();
      resolve(answer);
    };
  });
}
