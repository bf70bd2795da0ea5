/**
 * A large catalogue for trying size: products and customers whose names are put together from words in both languages.
 * The same every time; nothing in it is real.
 */
import type { ImportKind } from '../import/import-file.ts';
import type { RowSource } from '../import/source/row-source.ts';

export const GENERATED_PRODUCTS = 100_000;
export const GENERATED_CUSTOMERS = 20_000;

const KINDS: readonly (readonly [string, string])[] = [
  ['铅笔', 'pencil'],
  ['笔记本', 'notebook'],
  ['马克杯', 'mug'],
  ['茶壶', 'teapot'],
  ['餐盘', 'plate'],
  ['毛巾', 'towel'],
  ['雨伞', 'umbrella'],
  ['台灯', 'desk lamp'],
  ['相框', 'photo frame'],
  ['蜡烛', 'candle'],
  ['花瓶', 'vase'],
  ['靠垫', 'cushion'],
  ['挂钟', 'wall clock'],
  ['收纳盒', 'storage box'],
  ['礼品袋', 'gift bag'],
  ['贺卡', 'greeting card'],
];
const COLOURS: readonly (readonly [string, string])[] = [
  ['红色', 'red'],
  ['蓝色', 'blue'],
  ['绿色', 'green'],
  ['白色', 'white'],
  ['黑色', 'black'],
  ['粉色', 'pink'],
  ['金色', 'gold'],
  ['银色', 'silver'],
];
const STYLES: readonly (readonly [string, string])[] = [
  ['经典', 'classic'],
  ['复古', 'vintage'],
  ['迷你', 'mini'],
  ['加厚', 'heavy'],
  ['便携', 'travel'],
  ['儿童', 'children'],
  ['节日', 'holiday'],
  ['花卉', 'floral'],
];
const FAMILIES = ['陈', '林', '黄', '周', '吴', '徐', '孙', '胡', '朱', '高', '何', '郭', '马', '罗', '梁', '宋'];
const GIVEN = ['记', '氏', '家', '兴', '盛', '隆', '昌', '荣'];
const TRADES = ['超市', '便利店', '批发部', '贸易行', '商店', '专卖店', '百货', '小卖部'];

/** What there is to import, in order. */
export function generatedCatalogue(): [ImportKind, RowSource][] {
  return [
    ['products', listed(['code', 'name', 'name_alt', 'pack_factor', 'tax_rate'], GENERATED_PRODUCTS, productRow)],
    ['customers', listed(['code', 'name', 'branch', 'group'], GENERATED_CUSTOMERS, customerRow)],
    ['prices', listed(['code', 'price'], GENERATED_PRODUCTS, priceRow)],
    ['stock', listed(['code', 'quantity', 'branch'], GENERATED_PRODUCTS, stockRow)],
  ];
}

function productRow(at: number): string[] {
  const [kind, colour, style] = [of(KINDS, at), of(COLOURS, at, 16), of(STYLES, at, 128)];
  const series = Math.floor(at / 1_024) + 1;
  const name = `${style[0]}${colour[0]}${kind[0]} ${series}号`;
  const alt = `${style[1]} ${colour[1]} ${kind[1]} no. ${series}`;
  return [productCode(at), name, alt, at % 3 === 0 ? '12' : '', '13'];
}

function customerRow(at: number): string[] {
  const name = `${of(FAMILIES, at)}${of(GIVEN, at, 16)}${of(TRADES, at, 128)} ${Math.floor(at / 1_024) + 1}`;
  return [`K${String(at + 1).padStart(6, '0')}`, name, 'PD', at % 50 === 0 ? 'VIP' : at % 20 === 1 ? 'WS' : ''];
}

/** 0.50 to 50.49, spread evenly. */
function priceRow(at: number): string[] {
  const cents = 50 + ((at * 7_919) % 5_000);
  return [productCode(at), `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`];
}

function stockRow(at: number): string[] {
  return [productCode(at), String((at * 31) % 500), 'PD'];
}

function productCode(at: number): string {
  return `G${String(at + 1).padStart(6, '0')}`;
}

function of<T>(words: readonly T[], at: number, every = 1): T {
  const word = words[Math.floor(at / every) % words.length];
  if (word === undefined) throw new Error('a list of words is empty');
  return word;
}

function listed(header: readonly string[], count: number, rowOf: (at: number) => string[]): RowSource {
  return {
    header,
    readAs: 'generated',
    rowCount: count,
    blankRows: 0,
    trimmedValues: 0,
    // oxlint-disable-next-line typescript/require-await -- the interface is of files that are streamed
    rows: async function* () {
      for (let at = 0; at < count; at += 1) yield { row: at + 2, cells: rowOf(at) };
    },
  };
}
