/** `npm run import`: one file into central's database, which may be in use meanwhile. */
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { actingFor, type Actor } from '../db/acting.ts';
import { connectCentral } from '../db/connect.ts';
import { EmbeddedPostgresError } from '../db/embedded-postgres-error.ts';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { migrateCentral, MigrationError } from '../db/migrate.ts';
import type { CentralDb } from '../db/schema.ts';
import { ensureEpoch, EpochError } from '../identity/epoch.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { readConfig, readLanguage, USAGE, type ImportConfig } from './config.ts';
import { ensureBranch } from './ensure-branch.ts';
import { faultText } from './fault-text.ts';
import { ImportError, importError } from './import-error.ts';
import { importFile, type ImportClock } from './import-file.ts';
import { refusedFileOf, writeRefused } from './refused-file.ts';
import { reportText } from './report-text.ts';
import { openSource } from './source/open-source.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

const clock: ImportClock = { now: () => Date.now(), randomBytes: (count) => randomBytes(count) };

const language = readLanguage(process.argv.slice(2), process.env);
// What it changes is written down in the name of whoever the system knows.
const actor: Actor = { via: 'program', userId: null, userName: `import (${userInfo().username})`, deviceId: null };
process.exitCode = await actingFor(actor, () => run(language)).catch((error: unknown) => explain(error, language));

async function run(speaks: Language): Promise<number> {
  const config = readConfig(process.argv.slice(2), process.env);
  if (!config) {
    console.log(USAGE);
    return 0;
  }
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  // Opened before the database: most mistakes are in the file's name.
  const source = await openSource(config.file, config);
  const embedded = 'folder' in config.database ? await startEmbeddedPostgres(config.database.folder) : undefined;
  const url = 'url' in config.database ? config.database.url : (embedded?.url ?? '');
  const db = connectCentral(url, { statementTimeoutMs: 0 });
  try {
    await prepare(db, config);
    const { kind, dryRun, map, branchCode, codePattern } = config;
    const report = await importFile(
      db,
      {
        kind,
        source,
        fileName: config.file,
        map,
        dryRun,
        signal: stopping.signal,
        ...(branchCode === undefined ? {} : { branchCode }),
        ...(codePattern === undefined ? {} : { codePattern }),
      },
      clock,
    );
    const refusedFile = config.refusedFile ?? (dryRun ? undefined : refusedFileOf(config.file));
    const { refusals } = report.outcomes;
    if (refusedFile) await writeRefused(refusedFile, { source, refusals }, speaks);
    const said = refusedFile && refusals.size > 0 ? { refusedFile } : {};
    console.log(reportText({ report, source, file: config.file, dryRun, ...said }, speaks));
    return 0;
  } finally {
    await db.destroy();
    await embedded?.stop();
  }
}

/** A new database is made ready; in a dry run only one that is there already will do. */
async function prepare(db: CentralDb, config: ImportConfig): Promise<void> {
  if (config.dryRun) {
    const tables = await db.introspection.getTables();
    if (!tables.some((table) => table.name === 'epoch')) throw importError('notReady', {});
    return;
  }
  await migrateCentral(db);
  await ensureEpoch(db, config.currency);
  const newId = (): string => uuidV7(clock.now(), clock.randomBytes(10));
  if (config.newBranch) await ensureBranch(db, config.newBranch, newId);
}

function explain(error: unknown, speaks: Language): number {
  if (error instanceof ImportError) {
    console.error(faultText(error, speaks));
    if (error.fault !== 'usage') return EXIT_FAILED;
    console.error(`\n${USAGE}`);
    return EXIT_USAGE;
  }
  if (error instanceof Error && error.name === 'AbortError') {
    console.error(
      speaks === 'en'
        ? 'Stopped. What was written stays; the same command goes on where it stopped.'
        : '已停止。已写入的内容保留，再次运行同一命令即从此处继续。',
    );
    return EXIT_INTERRUPTED;
  }
  const forPeople = [EmbeddedPostgresError, EpochError, MigrationError].some((kind) => error instanceof kind);
  const reached = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  if (forPeople && error instanceof Error) console.error(error.message);
  else if (reached) {
    console.error(speaks === 'en' ? 'PostgreSQL does not answer. Is it running?' : 'PostgreSQL 无响应，是否已启动？');
  } else console.error(error);
  return EXIT_FAILED;
}
