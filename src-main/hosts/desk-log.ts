/**
 * The desk's log: one JSON object a line, in the data folder, for whoever looks into a fault. Never bodies of orders,
 * passwords, tokens or keys. At its largest it is set aside once and begun anew.
 */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import type { Platform } from '../platform.ts';
import { LOG_MAX_BYTES } from './limits.ts';

export interface DeskLog {
  info(text: string): void;
  warn(text: string, error?: unknown): void;
  /** Writes an unforeseen error down; returns the id under which it stands there. */
  unforeseen(error: unknown): string;
}

/** @param folder exists already. */
export function openDeskLog(folder: string, platform: Platform): DeskLog {
  const file = join(folder, 'desk.log');
  const write = (entry: Record<string, unknown>): void => {
    try {
      setAside(file);
      const at = new Date(platform.now()).toISOString();
      appendFileSync(file, `${JSON.stringify({ at, ...entry })}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not turn a note about a fault into another fault: what could be saved is saved elsewhere.
    }
  };
  return {
    info: (text) => write({ level: 'info', text }),
    warn: (text, error) => write({ level: 'warn', text, ...(error === undefined ? {} : described(error)) }),
    unforeseen: (error) => {
      const logId = uuidV7(platform.now(), platform.randomBytes(10));
      write({ level: 'error', logId, text: 'unforeseen', ...described(error) });
      return logId;
    },
  };
}

function setAside(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_MAX_BYTES) renameSync(file, `${file}.1`);
}

function described(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const { stack, cause } = error;
  return { error: stack ?? String(error), ...(cause === undefined ? {} : { cause: described(cause) }) };
}
