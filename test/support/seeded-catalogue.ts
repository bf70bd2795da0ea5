/**
 * A house's catalogue made from a seed: the same seed gives the same rows on every machine. Names are put together from
 * words that such houses really use, in Chinese and in English, so that a search meets common and rare letters alike.
 */
import { branchScope, CATALOGUE_SCOPE } from '../../src-shared/protocol/scope.ts';
import type {
  BranchId,
  CustomerId,
  PriceId,
  PriceListId,
  ProductId,
  WarehouseId,
} from '../../src-shared/domain/ids.ts';
import type { Branch } from '../../src-shared/domain/branch.ts';
import type { Customer } from '../../src-shared/domain/customer.ts';
import { initialsOf } from '../../src-shared/domain/initials.ts';
import type { Price, PriceList } from '../../src-shared/domain/pricing/price-list.ts';
import type { Product } from '../../src-shared/domain/product.ts';
import type { Stock } from '../../src-shared/domain/stock.ts';
import type { Change, PullResponse } from '../../src-shared/protocol/change.ts';

/** Marsaglia's xorshift with 32 bits: small, fast, and the same everywhere. Not for secrets. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** The n-th id of a kind: a well-formed UUID that says what it is. */
export function seededId(kind: number, n: number): string {
  const scattered = (Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(kind, 0x85ebca6b)) >>> 0;
  return `${scattered.toString(16).padStart(8, '0')}-${kind.toString(16).padStart(4, '0')}-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

const KIND = { branch: 1, warehouse: 2, product: 3, customer: 4, list: 5, price: 6 } as const;

export const BRANCH: Branch = {
  branchId: seededId(KIND.branch, 0) as BranchId,
  code: 'PD',
  name: '浦东店',
  warehouseId: seededId(KIND.warehouse, 0) as WarehouseId,
  timeZone: 'Asia/Shanghai',
};

export const BASE_LIST: PriceList = {
  priceListId: seededId(KIND.list, 0) as PriceListId,
  code: 'BASE',
  name: 'Base list',
  currency: 'CNY',
  customerId: null,
};

const CHINESE_PARTS = [
  '白色 红色 蓝色 绿色 黑色 金色 银色 粉色 透明 复古 迷你 大号 中号 小号 加厚 便携 儿童 家用 商用 环保 防水 防滑 可折叠 双层'.split(
    ' ',
  ),
  '不锈钢 陶瓷 玻璃 木质 塑料 硅胶 棉麻 竹制 铝合金 羊毛 帆布 皮革 水晶 珐琅 铸铁 纯棉 亚麻 树脂'.split(' '),
  '心形 圆形 方形 星形 花朵 条纹 格子 波点 卡通 简约 田园 圣诞 生日 婚礼 新年 森林 海洋'.split(' '),
  '保温杯 茶壶 餐盘 饭盒 烛台 相框 挂钟 台灯 抱枕 收纳盒 垃圾桶 毛巾架 浴帘 门垫 花瓶 购物袋 铅笔盒 笔记本 雨伞 手电筒 开瓶器 砧板 水果刀 调料瓶 围裙 桌布 餐巾 玩偶 积木 拼图'.split(
    ' ',
  ),
];

const ENGLISH_PARTS = [
  'white red blue green black gold silver pink clear vintage mini large medium small thick travel kids home office eco waterproof antislip folding double'.split(
    ' ',
  ),
  'steel ceramic glass wooden plastic silicone cotton bamboo aluminium wool canvas leather crystal enamel iron pure linen resin'.split(
    ' ',
  ),
  'heart round square star flower striped checked dotted cartoon plain country christmas birthday wedding newyear forest ocean'.split(
    ' ',
  ),
  'thermos teapot plate lunchbox candlestick frame clock lamp cushion organiser bin towelrail showercurtain doormat vase shopper pencilcase notebook umbrella torch opener chopping-board knife spicejar apron tablecloth napkin doll blocks puzzle'.split(
    ' ',
  ),
];

const SURNAMES = '王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗'.split(' ');
const SHOPS = '百货 超市 便利店 文具 礼品 家居 贸易 商行 批发部 日用品店'.split(' ');

function phrase(parts: readonly (readonly string[])[], random: () => number, glue: string): string {
  return parts
    .map((words, index) => (index < 3 && random() < 0.25 ? '' : (words[Math.floor(random() * words.length)] ?? '')))
    .filter((word) => word !== '')
    .join(glue);
}

export function seededProduct(n: number, random: () => number): Product {
  const chinese = `${phrase(CHINESE_PARTS, random, '')}${random() < 0.5 ? ` ${100 + Math.floor(random() * 900)}ml` : ''}`;
  const english = phrase(ENGLISH_PARTS, random, ' ');
  // A third of the house writes its names in English first.
  const englishFirst = n % 3 === 0;
  const name = englishFirst ? english : chinese;
  const caseOf = [6, 10, 12, 24][n % 4] ?? 12;
  return {
    productId: seededId(KIND.product, n) as ProductId,
    code: `${String.fromCharCode(65 + (n % 26))}${String(10_000 + Math.floor(n / 26)).padStart(5, '0')}${n % 7 === 0 ? 'B' : ''}`,
    barcode: n % 5 === 4 ? null : `69${String(10_000_000_000 + n * 7_919).slice(-11)}`,
    name,
    nameAlt: englishFirst ? chinese : english,
    initials: initialsOf(name),
    baseUnit: 'piece',
    units: [
      { unit: 'piece', factor: 1_000 },
      { unit: 'case', factor: caseOf * 1_000 },
    ],
    step: 1_000,
    active: true,
  };
}

export function seededCustomer(n: number, random: () => number): Customer {
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
  const name = `${pick(SURNAMES)}${pick('记 氏 家 老 小'.split(' '))}${pick(SHOPS)}${n}`;
  return {
    customerId: seededId(KIND.customer, n) as CustomerId,
    branchId: BRANCH.branchId,
    code: `C${String(n + 1).padStart(5, '0')}`,
    name,
    initials: initialsOf(name),
    phone: n % 4 === 3 ? null : `138${String(10_000_000 + n * 7).padStart(8, '0')}`,
    active: true,
  };
}

export function seededPrice(n: number, list: PriceListId, random: () => number): Price {
  return {
    priceId: seededId(KIND.price, n) as PriceId,
    priceListId: list,
    productId: seededId(KIND.product, n) as ProductId,
    unit: 'piece',
    unitPrice: 5_000 + Math.floor(random() * 200) * 500,
    validFrom: '2020-01-01',
    validTo: null,
  };
}

export interface Catalogue {
  branch: Branch;
  products: Product[];
  customers: Customer[];
  lists: PriceList[];
  prices: Price[];
  stock: Stock[];
}

export interface CatalogueSize {
  products?: number;
  customers?: number;
  /** Thousandths of the base unit on hand of every product. */
  onHand?: number;
  seed?: number;
}

export function seededCatalogue(size: CatalogueSize = {}): Catalogue {
  const random = seededRandom(size.seed ?? 1);
  const products = Array.from({ length: size.products ?? 50 }, (_, n) => seededProduct(n, random));
  const customers = Array.from({ length: size.customers ?? 10 }, (_, n) => seededCustomer(n, random));
  return {
    branch: BRANCH,
    products,
    customers,
    lists: [BASE_LIST],
    prices: products.map((_, n) => seededPrice(n, BASE_LIST.priceListId, random)),
    stock: products.map(({ productId }) => ({
      warehouseId: BRANCH.warehouseId,
      productId,
      onHand: size.onHand ?? 1_000_000,
      allocated: 0,
    })),
  };
}

/** A catalogue as central would send it, every row in its first version. */
export function changesOf(catalogue: Catalogue): Change[] {
  const { branch, products, customers, lists, prices, stock } = catalogue;
  const scope = CATALOGUE_SCOPE;
  const own = branchScope(branch.branchId);
  return [
    { scope, kind: 'branch', op: 'put', key: branch.branchId, rev: 1, row: branch },
    ...products.map((row): Change => ({ scope, kind: 'product', op: 'put', key: row.productId, rev: 1, row })),
    ...customers.map((row): Change => ({ scope: own, kind: 'customer', op: 'put', key: row.customerId, rev: 1, row })),
    ...lists.map((row): Change => ({ scope, kind: 'priceList', op: 'put', key: row.priceListId, rev: 1, row })),
    ...prices.map((row): Change => ({ scope, kind: 'price', op: 'put', key: row.priceId, rev: 1, row })),
    ...stock.map((row): Change => ({
      scope: own,
      kind: 'stock',
      op: 'put',
      key: `${row.warehouseId}/${row.productId}`,
      rev: 1,
      row,
    })),
  ];
}

/** Changes as pages of a pull. */
export function pagesOf(changes: readonly Change[], of: { epoch: string; nowMs: number; pageSize?: number }) {
  const pageSize = of.pageSize ?? 5_000;
  const pages: PullResponse[] = [];
  for (let from = 0; from < changes.length || from === 0; from += pageSize) {
    const to = from + pageSize;
    pages.push({
      epoch: of.epoch,
      now: of.nowMs,
      changes: changes.slice(from, to),
      cursor: `seed/${Math.min(to, changes.length)}`,
      more: to < changes.length,
    });
  }
  return pages;
}
