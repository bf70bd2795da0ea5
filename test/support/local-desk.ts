/**
 * A desk's whole local server in this process, at a real central over HTTP, where a test says when a push may leave:
 * so it decides in which order central hears of what, while everything else goes on by itself.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { DeskServices } from '../../src-main/api/desk-services.ts';
import { startLocalServer, type LocalServer } from '../../src-main/hosts/local-server.ts';
import { systemPlatform } from '../../src-main/hosts/system-platform.ts';
import { bodySigner } from '../../src-main/identity/signing-key.ts';
import { createCentralClient } from '../../src-main/sync/central-client.ts';
import type { CentralTransport } from '../../src-main/sync/central-transport.ts';
import type { TestCentral } from './central-fixture.ts';
import { eventually } from './programs.ts';
import { TEST_PASSWORD } from './test-house.ts';

export interface LocalDesk {
  services: DeskServices;
  /** Pushes leave one at a time, when told. Open at the start. */
  gate: PushGate;
  /** Looks at the desk's file beside the running desk, or spoils something in it. */
  withFile<T>(work: (db: SqliteDatabase.Database) => T): T;
  /** Writes a waiting mutation's text anew and signs it as its person would have. */
  rewrite(mutationId: string, change: (body: Record<string, unknown>) => Record<string, unknown>): void;
  close(): Promise<void>;
}

export async function openLocalDesk(
  central: TestCentral,
  { branch = 'PD', user = 'clerk' }: { branch?: string; user?: string } = {},
): Promise<LocalDesk> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'orderdesk-desk-'));
  const client = createCentralClient([central.url]);
  const gate = new PushGate();
  const transport: CentralTransport = {
    ...client,
    push: async (request, call) => {
      await gate.pass(call.signal);
      try {
        return await client.push(request, call);
      } finally {
        gate.passed();
      }
    },
  };
  const server: LocalServer = await startLocalServer({
    dataDir,
    centralUrls: [central.url],
    platform: systemPlatform,
    transport,
  });
  const { services } = server;
  const code = await central.createEnrolmentCode(branch);
  await services.session.enrol({ centralUrl: central.url, code, deviceName: `desk of ${user}` });
  await services.session.signIn({ userName: user, password: TEST_PASSWORD });
  await eventually(
    () => Promise.resolve(services.sync.status()),
    ({ filling, asOf }) => !filling && asOf !== null,
  );
  const withFile: LocalDesk['withFile'] = (work) => {
    const db = new SqliteDatabase(path.join(dataDir, 'desk.sqlite'));
    try {
      return work(db);
    } finally {
      db.close();
    }
  };
  return {
    services,
    gate,
    withFile,
    rewrite: (mutationId, change) =>
      withFile((db) => {
        const row = db.prepare('select body from outbox where mutation_id = ?').get(mutationId) as { body: string };
        const key = db.prepare('select private_key from session order by signed_in_at desc').get() as {
          private_key: string;
        };
        const body = change(JSON.parse(row.body) as Record<string, unknown>);
        const text = JSON.stringify(body);
        const { bodyHash, signature } = bodySigner(key.private_key)(text);
        db.prepare(
          'update outbox set body = ?, body_hash = ?, signature = ?, depends_on = ? where mutation_id = ?',
        ).run(text, bodyHash, signature, JSON.stringify(body['dependsOn']), mutationId);
      }),
    close: async () => {
      gate.open();
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Lets pushes through: all of them, or so many as it was told. */
export class PushGate {
  #open = true;
  #permitted = 0;
  #waiting: (() => void)[] = [];
  #answered: (() => void)[] = [];

  shut(): void {
    this.#open = false;
    this.#permitted = 0;
  }

  open(): void {
    this.#open = true;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Lets the next push through; resolves when it has been answered, or has failed. */
  one(): Promise<void> {
    const answered = new Promise<void>((resolve) => this.#answered.push(resolve));
    const go = this.#waiting.shift();
    if (go) go();
    else this.#permitted += 1;
    return answered;
  }

  async pass(signal: AbortSignal | undefined): Promise<void> {
    if (this.#open) return;
    if (this.#permitted > 0) {
      this.#permitted -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push(resolve);
      signal?.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== resolve);
        reject(signal.reason instanceof Error ? signal.reason : new Error('called off'));
      });
    });
  }

  passed(): void {
    for (const resolve of this.#answered.splice(0)) resolve();
  }
}
