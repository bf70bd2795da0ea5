import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openCsv } from './csv-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'orderdesk-csv-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(content: string | Uint8Array): Promise<{ readAs: string; rows: [number, ...string[]][] }> {
  const file = join(folder, 'x.csv');
  writeFileSync(file, content);
  const source = await openCsv(file);
  const rows: [number, ...string[]][] = [[1, ...source.header]];
  for await (const { row, cells } of source.rows()) rows.push([row, ...cells]);
  return { readAs: source.readAs, rows };
}

test('a quote within a value stays, a quoted line break makes no row, and rows count from the header', async () => {
  const { rows } = await read('\uFEFFcode;name\r\n1;FRAME 7" SINGLE\r\n\r\n2;"two\nlines; ""quoted"""\r\n');
  expect(rows).toEqual([
    [1, 'code', 'name'],
    [2, '1', 'FRAME 7" SINGLE'],
    [4, '2', 'two\nlines; "quoted"'],
  ]);
});

test('text that is in no encoding we know is refused as a whole', async () => {
  await expect(read(Uint8Array.of(0x61, 0x2c, 0xff, 0xff, 0x0a))).rejects.toThrow('notText');
  await expect(read('a,b\n1,2\0\n')).rejects.toThrow('notText');
});

test('UTF-16 from a spreadsheet is read by its mark', async () => {
  const text = Buffer.concat([Uint8Array.of(0xff, 0xfe), Buffer.from('编码\t名称\n1\t灯\n', 'utf16le')]);
  expect(await read(text)).toEqual({
    readAs: 'UTF-16LE',
    rows: [
      [1, '编码', '名称'],
      [2, '1', '灯'],
    ],
  });
});
