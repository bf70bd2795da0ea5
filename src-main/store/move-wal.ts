/**
 * Moves what a file's WAL holds into the file, on a connection of its own: for a thread beside the one that writes, which
 * then waits neither for the copying nor for the disk. Whoever writes or reads meanwhile is not held up (passive), and
 * what they add is left for the next time.
 */
import SqliteDatabase from 'better-sqlite3';

/** Does nothing where fewer pages than `fromPages` wait. Throws what SQLite says; the next checkpoint then does it. */
export function moveWal(file: string, fromPages: number): void {
  const sqlite = new SqliteDatabase(file, { fileMustExist: true, timeout: 0 });
  try {
    // As open-store.ts has it: the disk has what was moved before the WAL is begun anew.
    for (const pragma of ['synchronous = full', 'fullfsync = on', 'checkpoint_fullfsync = on']) sqlite.pragma(pragma);
    const [state] = sqlite.pragma('wal_checkpoint(noop)') as { log: number; checkpointed: number }[];
    if (state && state.log - state.checkpointed >= fromPages) sqlite.pragma('wal_checkpoint(passive)');
  } finally {
    sqlite.close();
  }
}
