/** Reading what strace wrote: exact where it is understood, and a refusal everywhere else. */
import { describe, expect, test } from 'vitest';
import { readTrace } from './trace.ts';

const paths = { folder: '/d/store', acknowledgements: '/d/said' };

function hex(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
const fd = (path: string, number = 22): string => `${number}<${hex(path)}>`;
const text = (content: string): string => `"${hex(content)}"`;
const read = (...lines: string[]): unknown[] => readTrace(lines.join('\n'), paths);

describe('reading a trace', () => {
  test('the changes of the folder come in order, with the words that were said between them', () => {
    const db = '/d/store/desk.sqlite';
    expect(
      read(
        `7 openat(AT_FDCWD<${hex('/')}>, ${text(db)}, O_RDWR|O_CREAT|O_CLOEXEC, 0644) = ${fd(db)}`,
        `7 pwrite64(${fd(db)}, ${text('a"<>)= 1')}, 8, 4096) = 8`,
        `7 fdatasync(${fd(db)})               = 0`,
        `7 fsync(${fd('/d/store', 9)}) = 0`,
        `7 write(${fd('/d/said', 3)}, ${text('saved\n')}, 6) = 6`,
        `7 ftruncate(${fd(db)}, 512) = 0`,
        `7 unlink(${text(`${db}-wal`)}) = 0`,
        '7 +++ exited with 0 +++',
      ),
    ).toEqual([
      { kind: 'create', file: 'desk.sqlite', empties: false },
      { kind: 'write', file: 'desk.sqlite', offset: 4_096, bytes: Buffer.from('a"<>)= 1') },
      { kind: 'sync', file: 'desk.sqlite' },
      { kind: 'syncFolder' },
      { kind: 'say', line: 'saved' },
      { kind: 'truncate', file: 'desk.sqlite', size: 512 },
      { kind: 'unlink', file: 'desk.sqlite-wal' },
    ]);
  });

  test('a sync counts from its end and a write from its beginning, when another thread comes between', () => {
    const wal = '/d/store/desk.sqlite-wal';
    const kinds = read(
      `7 fsync(${fd(wal)} <unfinished ...>`,
      `8 pwrite64(${fd(wal)}, ${text('ab')}, 2, 0 <unfinished ...>`,
      `9 write(${fd('/d/said')}, ${text('saved\n')}, 6) = 6`,
      '8 <... pwrite64 resumed>) = 2',
      '7 <... fsync resumed>) = 0',
    ).map((event) => (event as { kind: string }).kind);
    expect(kinds).toEqual(['write', 'say', 'sync']);
  });

  test('what failed, what only reads, and what is elsewhere changes nothing', () => {
    const db = '/d/store/desk.sqlite';
    expect(
      read(
        `7 unlink(${text(db)}) = -1 ENOENT (No such file or directory)`,
        `7 openat(AT_FDCWD<${hex('/')}>, ${text('/d/store')}, O_RDONLY|O_CLOEXEC) = ${fd('/d/store')}`,
        `7 fcntl(${fd(db)}, F_SETLK, {l_type=F_RDLCK, l_whence=SEEK_SET, l_start=1, l_len=1}) = 0`,
        `7 write(${fd('/dev/pts/0', 1)}, ${text(db)}, 20) = 20`,
        `7 rename(${text('/d/elsewhere')}, ${text('/d/other')}) = 0`,
        `7 mmap(NULL, 32768, PROT_READ|PROT_WRITE, MAP_SHARED, ${fd(`${db}-shm`)}, 0) = 0x7f`,
      ),
    ).toEqual([]);
  });

  const db = '/d/store/desk.sqlite';
  test.each([
    ['a rename', `rename(${text(db)}, ${text('/d/store/b')}) = 0`],
    ['a rename into the folder', `rename(${text('/d/b')}, ${text(db)}) = 0`],
    ['a name relative to the folder', `unlinkat(${fd('/d/store')}, ${text('desk.sqlite')}, 0) = 0`],
    ['a vectored write', `pwritev(${fd(db)}, [{iov_base=${text('ab')}, iov_len=2}], 1, 0) = 2`],
    ['a write at the position', `write(${fd(db)}, ${text('ab')}, 2) = 2`],
    ['a write that was cut short', `pwrite64(${fd(db)}, ${text('ab')}, 2, 0) = 1`],
    ['bytes that strace cut short', `pwrite64(${fd(db)}, ${text('ab')}..., 4, 0) = 4`],
    ['a copy inside the kernel', `copy_file_range(${fd('/d/x', 4)}, NULL, ${fd(db)}, NULL, 9, 0) = 9`],
    ['a shared mapping', `mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, ${fd(db)}, 0) = 0x7f`],
    ['a file without a name', `pwrite64(${fd(db)}(deleted), ${text('ab')}, 2, 0) = 2`],
    ['a preallocation', `fallocate(${fd(db)}, 0, 0, 4096) = 0`],
  ])('%s stops the proof', (_, line) => {
    expect(() => read(`7 ${line}`)).toThrow(/^trace:/);
  });

  test('a line that does not read exactly stops the proof', () => {
    expect(() => read('7 pwrite64(22<\\x2f, "a')).toThrow(/can't read/);
    expect(() => read(`7 unlink("plain") = 0`)).toThrow(/no hex/);
    expect(() => read('7 <... fsync resumed>) = 0')).toThrow(/without its beginning/);
  });
});
