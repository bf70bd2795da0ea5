/** The program: central, on a PostgreSQL of its own or the house's. `--help` says how to call it. */
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import path from 'node:path';
import { startCentral, type Central } from './central.ts';
import { ConfigError, readConfig, USAGE, type CentralConfig } from './config.ts';
import { actingFor, type Actor } from './db/acting.ts';
import { EmbeddedPostgresError } from './db/embedded-postgres-error.ts';
import { MigrationError } from './db/migrate.ts';
import type { CentralDb } from './db/schema.ts';
import { createFirstAdmin } from './identity/create-user.ts';
import { readServerIdentity } from './db/server-identity.ts';
import { beginEpoch } from './identity/begin-epoch.ts';
import { recordBackup } from './recovery/recovery-state.ts';
import { ensureEpoch, EpochError } from './identity/epoch.ts';
import { openReceiptKey, ReceiptKeyError } from './identity/receipt-key.ts';
import { fileWitness, type Seen } from './identity/witness.ts';
import { openDatabase, TooOldError, UnreachableError, type OpenDatabase } from './open-database.ts';

/** Told apart, so that a script can tell what to do; `npm run central -- --help` is for the first. */
const EXIT = {
  unforeseen: 1,
  usage: 2,
  portTaken: 3,
  unreachable: 4,
  tooOld: 5,
  foreignDatabase: 6,
  embedded: 7,
  receiptKey: 8,
};

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  if (config === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const stopRequested = firstSignal();
  const database = await openDatabase(config);
  try {
    if (config.backedUp !== undefined) {
      await noteBackup(database, config.backedUp);
      return;
    }
    const witness = fileWitness(path.join(path.dirname(config.receiptKey), 'witness.json'));
    await prepare(database.db, config, await witness.read());
    const receiptKey = await openReceiptKey(config.receiptKey);
    const central = await startCentral({
      db: database.db,
      currency: config.currency,
      receiptKey,
      witness,
      host: config.host,
      port: config.port,
      keeping: config.keeping,
      // Standard output is for people and scripts; the log goes to standard error.
      logger: { level: config.logLevel, stream: process.stderr },
    });
    process.stdout.write(`central ready at ${central.url}\n`);
    await stopRequested;
    await shutDown(central, database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Desks keep what they have settled until a backup has it; this is how they hear of one. */
async function noteBackup(database: OpenDatabase, at: number | 'now'): Promise<void> {
  const actor: Actor = { via: 'program', userId: null, userName: `backed-up (${userInfo().username})`, deviceId: null };
  const recorded = actingFor(actor, () => recordBackup(database.db, at === 'now' ? undefined : at));
  const upTo = await recorded.catch((error: unknown) => {
    throw error instanceof RangeError ? new ConfigError(`--at: ${error.message}.`) : error;
  });
  process.stdout.write(`backed up: everything until ${new Date(upTo).toISOString()}\n`);
  await database.close();
}

async function prepare(db: CentralDb, config: CentralConfig, seen: Seen | undefined): Promise<void> {
  const { epoch } = await ensureEpoch(db, config.currency, seen);
  if (config.newEpoch) await beginEpoch(db, { reason: 'asked', seen: epoch, server: await readServerIdentity(db) });
  const { sample } = config;
  if (sample !== 'none') {
    // Loaded only when it is asked for: a house's own central never needs it. It sees for itself whether it was cut off
    // before, is through, or has nothing to do in a house with branches of its own.
    const { seedSample } = await import('./sample/seed-sample.ts');
    const actor: Actor = { via: 'program', userId: null, userName: 'sample', deviceId: null };
    await actingFor(actor, () => seedSample(db, sample));
  }
  const password = randomBytes(9).toString('base64url');
  if (await createFirstAdmin(db, password)) {
    process.stdout.write(`first sign-in: user "admin", password "${password}" (shown this once)\n`);
  }
}

async function shutDown(central: Central, database: OpenDatabase): Promise<void> {
  await central.stop();
  await database.close();
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the program as the system would. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function exitOf(error: unknown): { code: number; text: string } {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof ConfigError) return { code: EXIT.usage, text: `${text}\n\n${USAGE}` };
  if (error instanceof UnreachableError) return { code: EXIT.unreachable, text };
  if (error instanceof TooOldError) return { code: EXIT.tooOld, text };
  if (error instanceof MigrationError || error instanceof EpochError) return { code: EXIT.foreignDatabase, text };
  if (error instanceof ReceiptKeyError) return { code: EXIT.receiptKey, text };
  if (error instanceof EmbeddedPostgresError) return { code: EXIT.embedded, text };
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return {
      code: EXIT.portTaken,
      text: `The port is in use (${text}). Stop what uses it, or choose another with --port.`,
    };
  }
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES') {
    return { code: EXIT.portTaken, text: `This address can not be listened on (${text}). See --listen and --port.` };
  }
  return { code: EXIT.unforeseen, text: error instanceof Error ? (error.stack ?? text) : text };
}

try {
  await main();
} catch (error) {
  const { code, text } = exitOf(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
}
