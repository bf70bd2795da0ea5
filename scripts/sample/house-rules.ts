/**
 * What the sample's house has decided of its own: tax, customer groups with their prices, quantity tiers, least quantities.
 * None of it is in the data; the rules are these, and they are in samples/README.md.
 */

/** What the data says of a product. */
export interface SampleProduct {
  code: string;
  name: string;
  /** As the list has it, in major units. */
  listPrice: string;
  lines: number;
  pieces: number;
  caseFactor: number | undefined;
  /** Whether there is enough of it to be sold. */
  stocked: boolean;
}

/** What it says of a customer of the first branch. */
export interface SampleCustomer {
  code: string;
  orders: number;
  pieces: number;
}

const FOOD = /\b(BISCUITS?|CANDY|CHOC|CHOCOLATES?|COFFEE|HONEY|JAM|SNACK|SUGAR|SWEETS?|TEA)\b/;
const VIP_CUSTOMERS = 20;
const WHOLESALE_CUSTOMERS = 40;
const GROUP_PRODUCTS = 60;
const TIERED_PRODUCTS = 15;
/** Four that are sold from so many on, and four that are sold in sixes. */
const LEAST_PRODUCTS = 4;

/** Percent. The data has no food: what is named after some stands for it. */
export function taxRateOf(name: string): string {
  return FOOD.test(name) ? '9' : '13';
}

/** By code: those with the most orders are VIP, of the others those with the most pieces wholesale. */
export function customerGroups(customers: readonly SampleCustomer[]): Map<string, 'VIP' | 'WS'> {
  const groups = new Map<string, 'VIP' | 'WS'>();
  const byOrders = customers.toSorted((a, b) => b.orders - a.orders || byCode(a, b));
  for (const { code } of byOrders.slice(0, VIP_CUSTOMERS)) groups.set(code, 'VIP');
  const others = byOrders.slice(VIP_CUSTOMERS).toSorted((a, b) => b.pieces - a.pieces || byCode(a, b));
  for (const { code } of others.slice(0, WHOLESALE_CUSTOMERS)) groups.set(code, 'WS');
  return groups;
}

export interface MadePrice {
  code: string;
  price: string;
  group: '' | 'VIP' | 'WS';
  minQuantity: string;
}

/** VIP: 5 % off the products on most lines. Wholesale: 8 % off those of which most is sold, 12 % from 48 pieces on. */
export function groupPrices(products: readonly SampleProduct[]): MadePrice[] {
  const byPieces = products.toSorted((a, b) => b.pieces - a.pieces || byCode(a, b));
  const vip = byLines(products)
    .slice(0, GROUP_PRODUCTS)
    .flatMap((of) => cheaper(of, { group: 'VIP', steps: [{ percent: 5, from: '' }] }));
  const steps = [
    { percent: 8, from: '' },
    { percent: 12, from: '48' },
  ];
  return vip.concat(byPieces.slice(0, GROUP_PRODUCTS).flatMap((of) => cheaper(of, { group: 'WS', steps })));
}

/** For everybody, of the products on most lines that come in cases: 5 % off from four cases on, 10 % from twelve. */
export function tierPrices(products: readonly SampleProduct[]): MadePrice[] {
  const cased = byLines(products).filter(({ caseFactor }) => caseFactor !== undefined);
  return cased.slice(0, TIERED_PRODUCTS).flatMap((of) => {
    const from = (cases: number): string => String(cases * (of.caseFactor ?? 1));
    const steps = [
      { percent: 5, from: from(4) },
      { percent: 10, from: from(12) },
    ];
    return cheaper(of, { group: '', steps });
  });
}

/** By code: minimum and multiple, in pieces. Small things that few order, for what is asked for often should be easy. */
export function leastQuantities(products: readonly SampleProduct[]): Map<string, Least> {
  const small = products
    .filter(({ caseFactor, stocked, listPrice }) => caseFactor === 12 && stocked && Number(listPrice) <= 0.85)
    .toSorted((a, b) => a.pieces - b.pieces || byCode(a, b))
    .slice(0, 2 * LEAST_PRODUCTS);
  return new Map(small.map(({ code }, at): [string, Least] => [code, at < LEAST_PRODUCTS ? FROM_A_DOZEN : IN_SIXES]));
}

interface Least {
  minimum: string;
  multiple: string;
}

const FROM_A_DOZEN: Least = { minimum: '12', multiple: '' };
const IN_SIXES: Least = { minimum: '6', multiple: '6' };

function byLines(products: readonly SampleProduct[]): SampleProduct[] {
  return products.toSorted((a, b) => b.lines - a.lines || byCode(a, b));
}

function byCode(a: { code: string }, b: { code: string }): number {
  return a.code < b.code ? -1 : 1;
}

/** To the cent; none where a cent is too coarse to be cheaper. */
function cheaper(
  { code, listPrice }: SampleProduct,
  { group, steps }: { group: MadePrice['group']; steps: readonly { percent: number; from: string }[] },
): MadePrice[] {
  const listCents = Math.round(Number(listPrice) * 100);
  return steps.flatMap(({ percent, from }) => {
    const cents = Math.round((listCents * (100 - percent)) / 100);
    if (cents >= listCents || cents <= 0) return [];
    const price = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
    return [{ code, price, group, minQuantity: from }];
  });
}
