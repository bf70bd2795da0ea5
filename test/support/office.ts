/** A central program and desks at it, each a process of its own, with a line in between that can be spoilt. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import { startTestCentral, type TestCentral } from './central-fixture.ts';
import { startLineProxy, type LineProxy } from './line-proxy.ts';
import {
  eventually,
  startCentralProgram,
  startDeskProgram,
  type CentralProgram,
  type DeskProgram,
} from './programs.ts';
import { TEST_PASSWORD } from './test-house.ts';

export interface Office {
  /** The database and what is in it; its own node of central answers too, but no desk asks it. */
  house: TestCentral;
  central: CentralProgram;
  /** Starts the program again at the address that it had. */
  restartCentral(): Promise<void>;
  /** A signed-in desk with its first fill done. */
  openDesk(of?: { branch?: string; user?: string }): Promise<OfficeDesk>;
  close(): Promise<void>;
}

export interface OfficeDesk {
  program: DeskProgram;
  line: LineProxy;
  dataDir: string;
  api: DeskProgram['api'];
  /** Starts the program again on the same folder. */
  restart(): Promise<void>;
}

export async function openOffice(): Promise<Office> {
  const house = await startTestCentral();
  const keyDir = await mkdtemp(path.join(tmpdir(), 'orderdesk-key-'));
  const args = ['--database-url', house.databaseUrl, '--receipt-key', path.join(keyDir, 'receipt-key.pem')];
  let central = await startCentralProgram([...args, '--port', '0']);
  const closing: (() => Promise<unknown>)[] = [];
  const openDesk = async ({ branch = 'PD', user = 'clerk' } = {}): Promise<OfficeDesk> => {
    const line = await startLineProxy(central.url);
    const dataDir = await mkdtemp(path.join(tmpdir(), 'orderdesk-desk-'));
    const enrol = await house.createEnrolmentCode(branch);
    const centralUrl = line.url;
    const desk = { line, dataDir } as OfficeDesk;
    const use = (program: DeskProgram): void => {
      desk.program = program;
      desk.api = program.api;
    };
    use(await startDeskProgram({ centralUrl, dataDir, enrol }));
    desk.restart = async () => use(await startDeskProgram({ centralUrl, dataDir }));
    closing.push(async () => {
      desk.program.resume();
      await desk.program.kill();
      await line.close();
      await rm(dataDir, { recursive: true, force: true });
    });
    await desk.api.session.signIn.mutate({ userName: user, password: TEST_PASSWORD });
    await eventually(
      () => desk.api.sync.status.query(),
      (status) => !status.filling && status.asOf !== null,
    );
    return desk;
  };
  return {
    house,
    get central() {
      return central;
    },
    restartCentral: async () => {
      central = await startCentralProgram([...args, '--port', new URL(central.url).port]);
    },
    openDesk,
    close: async () => {
      for (const end of closing.toReversed()) await end();
      central.resume();
      await central.kill();
      await house.stop();
      await rm(keyDir, { recursive: true, force: true });
    },
  };
}

export function newOrderId(): string {
  return uuidV7(Date.now(), randomBytes(10));
}

/** An order of the test house: C2 and pieces of P1, unless told otherwise. */
export function orderFor(
  house: TestCentral['house'],
  of: { orderId?: string; customer?: string; product?: string; quantity?: unknown; unit?: string; note?: string } = {},
) {
  const { orderId = newOrderId(), customer = 'C2', product = 'P1', quantity = 1, unit = 'piece', note = '' } = of;
  return {
    orderId,
    customerId: house.customers[customer]?.customerId ?? customer,
    lines: [{ productId: house.products[product]?.productId ?? product, unit, quantity }],
    note,
  };
}

/** Until central has settled everything of this desk, and the desk knows it. */
export async function settled(desk: Pick<OfficeDesk, 'api'>, withinMs = 30_000): Promise<void> {
  await eventually(
    () => desk.api.sync.status.query(),
    (status) => status.waiting === 0,
    { withinMs },
  );
}
