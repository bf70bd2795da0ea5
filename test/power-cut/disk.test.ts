/** The model of the disk, against what a person works out by hand. */
import { describe, expect, test } from 'vitest';
import { Disk, sectorsOf } from './disk.ts';
import type { DiskEvent } from './trace.ts';

const create = (file: string): DiskEvent => ({ kind: 'create', file, empties: false });
const write = (file: string, offset: number, text: string): DiskEvent => ({
  kind: 'write',
  file,
  offset,
  bytes: Buffer.from(text),
});
const sync = (file: string): DiskEvent => ({ kind: 'sync', file });
const syncFolder: DiskEvent = { kind: 'syncFolder' };

function diskWith(...events: DiskEvent[]): Disk {
  const disk = new Disk();
  for (const event of events) disk.apply(event);
  return disk;
}

function read(disk: Disk, ...fates: Parameters<Disk['after']>[0]): Record<string, string> {
  return Object.fromEntries(
    [...disk.after(fates).files()].map(([file, content]) => [file, Buffer.from(content).toString()]),
  );
}

describe('what a power cut leaves', () => {
  test('a synced file in a synced folder stays, and nothing of it is in doubt', () => {
    const disk = diskWith(create('a'), write('a', 0, 'one'), sync('a'), syncFolder);
    expect(disk.pending).toEqual([]);
    expect(read(disk)).toEqual({ a: 'one' });
  });

  test('a synced file whose folder was not synced may have no name', () => {
    const disk = diskWith(create('a'), write('a', 0, 'one'), sync('a'));
    expect(read(disk, 'lost')).toEqual({});
    expect(read(disk, 'kept')).toEqual({ a: 'one' });
  });

  test('a later write may arrive without an earlier one, over a hole', () => {
    const disk = diskWith(create('a'), sync('a'), syncFolder, write('a', 0, 'one'), write('a', 3, 'two'));
    expect(read(disk, 'lost', 'kept')).toEqual({ a: '\0\0\0two' });
    expect(read(disk, 'kept', 'lost')).toEqual({ a: 'one' });
  });

  test('a sync of one file says nothing about another', () => {
    const disk = diskWith(create('a'), create('b'), syncFolder, write('a', 0, 'one'), write('b', 0, 'two'), sync('b'));
    expect(read(disk, 'lost')).toEqual({ a: '', b: 'two' });
  });

  test('a truncation may arrive without the write that followed it, and the other way round', () => {
    const disk = diskWith(create('a'), write('a', 0, 'long'), sync('a'), syncFolder);
    disk.apply({ kind: 'truncate', file: 'a', size: 1 });
    disk.apply(write('a', 1, 'X'));
    expect(read(disk, 'kept', 'lost')).toEqual({ a: 'l' });
    expect(read(disk, 'lost', 'kept')).toEqual({ a: 'lXng' });
    expect(read(disk, 'kept', 'kept')).toEqual({ a: 'lX' });
  });

  test('a removed file may come back with all that was synced in it, and never mixes with its namesake', () => {
    const disk = diskWith(create('a'), write('a', 0, 'old'), sync('a'), syncFolder);
    disk.apply({ kind: 'unlink', file: 'a' });
    disk.apply(create('a'));
    disk.apply(write('a', 0, 'new'));
    disk.apply(sync('a'));
    expect(read(disk, 'lost', 'lost')).toEqual({ a: 'old' });
    expect(read(disk, 'kept', 'lost')).toEqual({});
    expect(read(disk, 'kept', 'kept')).toEqual({ a: 'new' });
    // Changes of one name keep their order.
    expect(read(disk, 'lost', 'kept')).toEqual({ a: 'old' });
  });

  test('a torn write has whole sectors of the file, aligned to the file and not to the write', () => {
    const bytes = Buffer.concat([Buffer.alloc(12, 'a'), Buffer.alloc(512, 'b'), Buffer.alloc(10, 'c')]);
    const torn: DiskEvent = { kind: 'write', file: 'a', offset: 500, bytes };
    expect(sectorsOf({ offset: 500, bytes })).toEqual([
      [500, 512],
      [512, 1_024],
      [1_024, 1_034],
    ]);
    const disk = diskWith(create('a'), write('a', 0, '.'.repeat(600)), sync('a'), syncFolder, torn);
    const only = (sectors: boolean[], filler?: number): string => read(disk, { sectors, filler })['a'] ?? '';
    expect(only([true, false, false])).toBe(`${'.'.repeat(500)}${'a'.repeat(12)}${'.'.repeat(88)}`);
    expect(only([false, false, false], 35)).toBe(`${'.'.repeat(600)}${'#'.repeat(434)}`);
    expect(only([false, false, true])).toBe(`${'.'.repeat(600)}${'\0'.repeat(424)}${'c'.repeat(10)}`);
  });

  test('a file that is opened again keeps its bytes, unless the opening empties it', () => {
    const disk = diskWith(create('a'), write('a', 0, 'one'), sync('a'), syncFolder, create('a'));
    expect(read(disk)).toEqual({ a: 'one' });
    disk.apply({ kind: 'create', file: 'a', empties: true });
    expect(read(disk, 'kept')).toEqual({ a: '' });
    expect(read(disk, 'lost')).toEqual({ a: 'one' });
  });

  test('equal remains have one key, however they came about, and others have others', () => {
    const disk = diskWith(create('a'), sync('a'), syncFolder, write('a', 0, 'one'), write('a', 3, 'two'));
    const key = (...fates: Parameters<Disk['after']>[0]): string => disk.after(fates).key;
    const torn = { sectors: [true], filler: 0 };
    const keys = [
      key('kept', 'kept'),
      key('kept', 'lost'),
      key('lost', 'kept'),
      key('lost', 'lost'),
      key('kept', torn),
    ];
    expect(new Set(keys).size).toBe(5);
    disk.apply(sync('a'));
    expect(disk.after([]).key).toBe(keys[0]);
    disk.apply(write('a', 0, 'new'));
    expect(disk.after(['lost']).key).toBe(keys[0]);
    expect(disk.after(['kept']).key).not.toBe(keys[0]);
  });

  test('remains stay what they were while the disk goes on', () => {
    const disk = diskWith(create('a'), syncFolder, write('a', 0, 'one'));
    const nothing = disk.after(['lost']);
    disk.apply(sync('a'));
    expect(nothing.files().get('a')?.length).toBe(0);
  });
});
