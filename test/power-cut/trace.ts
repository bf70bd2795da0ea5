/**
 * From a desk process's system calls to what happened on its disk: every call that changed the store's folder, in
 * order, and between them the lines by which the desk said that something is saved.
 *
 * It denies by default: a call that touches the folder and is neither known to be harmless nor understood throws, for a
 * write that the model of the disk doesn't see would make the proof worthless. A memory-mapped write shows in no trace,
 * so a shared mapping of a file there throws too. Only the WAL's index (`-shm`) may be mapped: it is no part of what is
 * saved, whoever opens the file next makes it anew.
 */
import { resolve } from 'node:path';
import { readCalls, type Call } from './strace-calls.ts';

/** File names are relative to the folder. */
export type DiskEvent =
  /** Opened to be made where it isn't there yet; `empties` it where it is. */
  | { kind: 'create'; file: string; empties: boolean }
  | { kind: 'write'; file: string; offset: number; bytes: Uint8Array }
  | { kind: 'truncate'; file: string; size: number }
  | { kind: 'unlink'; file: string }
  | { kind: 'sync'; file: string }
  /** The names in the folder are on the disk from here on. */
  | { kind: 'syncFolder' }
  | { kind: 'say'; line: string };

export interface TracedPaths {
  /** The store's folder, absolute and without symbolic links. */
  folder: string;
  /** The file into which the desk writes one line per acknowledgement; outside of the folder. */
  acknowledgements: string;
}

/** Of these strace says nothing at all: they change no file, and there are many. */
export const UNTRACED_CALLS = `read pread64 readv preadv preadv2 lseek futex madvise mprotect munmap brk rt_sigaction
  rt_sigprocmask epoll_wait epoll_pwait epoll_ctl sched_yield`.split(/\s+/);

/** They may name a file of the folder, and change neither its bytes nor its name. */
const HARMLESS = new Set(
  `access faccessat faccessat2 stat lstat fstat newfstatat statx statfs fstatfs readlink readlinkat getdents64 close
  fcntl flock fchown fchmod chmod execve`.split(/\s+/),
);

export function readTrace(text: string, paths: TracedPaths): DiskEvent[] {
  const events: DiskEvent[] = [];
  for (const call of readCalls(text, (name) => name === 'fsync' || name === 'fdatasync')) {
    const event = eventOf(call, paths);
    if (event) events.push(event);
  }
  return events;
}

function eventOf(call: Call, paths: TracedPaths): DiskEvent | undefined {
  if (call.result.startsWith('-') || HARMLESS.has(call.name)) return undefined;
  const named = pathsOf(call);
  if (call.name === 'write' && named[0] === paths.acknowledgements) {
    return { kind: 'say', line: stringAt(call, 1).toString('utf8').trimEnd() };
  }
  const path = named.find((candidate) => candidate === paths.folder || candidate.startsWith(`${paths.folder}/`));
  if (path === undefined) return undefined;
  const file = path.slice(paths.folder.length + 1);
  if (file.endsWith('-shm')) return undefined;
  const change = changeOf(call, file);
  if (change === 'unknown') throw new Error(`trace: ${call.name}(${call.shape}) = ${call.result} on ${file}`);
  return change;
}

/** What a call that succeeded did; undefined when it changed nothing. */
function changeOf(call: Call, file: string): DiskEvent | undefined | 'unknown' {
  // What is done to a file after it lost its name is not modelled.
  if (call.shape.includes('>(deleted)')) return 'unknown';
  switch (call.name) {
    case 'openat':
      return opened(call, file);
    case 'pwrite64':
      return written(call, file);
    case 'ftruncate': {
      const size = /^\d+<#0>, (\d+)$/.exec(call.shape)?.[1];
      return size === undefined ? 'unknown' : { kind: 'truncate', file, size: Number(size) };
    }
    case 'fsync':
    case 'fdatasync':
      return file === '' ? { kind: 'syncFolder' } : { kind: 'sync', file };
    case 'unlink':
      return { kind: 'unlink', file };
    case 'mmap':
      return call.shape.includes('MAP_PRIVATE') ? undefined : 'unknown';
    default:
      return 'unknown';
  }
}

function opened(call: Call, file: string): DiskEvent | undefined | 'unknown' {
  const flags = /, (O_[A-Z_|]+)(?:, 0\d+)?$/.exec(call.shape)?.[1]?.split('|');
  if (!flags || flags.includes('O_TMPFILE')) return 'unknown';
  const empties = flags.includes('O_TRUNC');
  return flags.includes('O_CREAT') || empties ? { kind: 'create', file, empties } : undefined;
}

function written(call: Call, file: string): DiskEvent | 'unknown' {
  const [, count, offset] = /^\d+<#0>, "#1", (\d+), (\d+)$/.exec(call.shape) ?? [];
  const bytes = stringAt(call, 1);
  // Not a write that the kernel cut short, nor one whose bytes strace cut short.
  if (count === undefined || call.result !== count || bytes.length !== Number(count)) return 'unknown';
  return { kind: 'write', file, offset: Number(offset), bytes };
}

/** The paths that a call names. A string counts only where no descriptor does the naming: then it is what is written. */
function pathsOf(call: Call): string[] {
  const paths: string[] = [];
  let folder = '/';
  for (const [, quote, index] of call.shape.matchAll(/(["<])#(\d+)[">]/g)) {
    const text = stringAt(call, Number(index)).toString('utf8');
    if (quote === '<') {
      folder = text;
      paths.push(text);
    } else if (!call.name.startsWith('write') && !call.name.startsWith('pwrite')) paths.push(resolve(folder, text));
  }
  return paths;
}

function stringAt(call: Call, index: number): Buffer {
  const found = call.strings[index];
  if (!found) throw new Error(`trace: ${call.name}(${call.shape}) lacks its string ${index}`);
  return found;
}
