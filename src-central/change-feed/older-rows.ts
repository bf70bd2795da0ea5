/**
 * Rows as desks of an earlier protocol know them. Rows are stored, hashed and told in the newest shape; what an older desk
 * is told is made from that at the edge, when it asks (docs/decisions/0011-rows-of-newer-versions.md).
 *
 * Such a desk leaves out fields that it does not know, and then takes its digest of what it has kept: so it must be told,
 * and compared with, rows without them.
 */
import { CUSTOMER_MORE } from '../../src-shared/domain/customer.ts';
import type { Issue, IssueCode, Repair } from '../../src-shared/domain/issue.ts';
import type { Order, OrderEvent, OrderLine } from '../../src-shared/domain/order.ts';
import { LINE_MORE, orderEvent } from '../../src-shared/domain/order.ts';
import type { RowKind, RowOf } from '../../src-shared/protocol/change.ts';
import type { PushOutcome } from '../../src-shared/protocol/receipt.ts';
import { canonicalJson } from '../../src-shared/protocol/digest.ts';

/** What came with protocol 3. Everything else that rows say, desks of 1 and 2 say, too. */
const FIELDS_SINCE_3: { [K in RowKind]?: readonly (keyof RowOf<K>)[] } = {
  product: ['taxBasisPoints', 'minimumBase', 'multipleBase'],
  customer: ['groupId', ...CUSTOMER_MORE],
  priceList: ['groupId', 'taxIncluded'],
  price: ['minQuantity'],
  order: ['taxMinor', 'state', 'hold', 'creditedMinor', 'paidMinor', 'creditReview', 'oldFacts'],
};
const LINE_FIELDS_SINCE_3: readonly (keyof OrderLine)[] = LINE_MORE;
const EVENT_FIELDS_SINCE_3: readonly (keyof OrderEvent)[] = [
  'moved',
  'tracking',
  'creditMinor',
  'dueDate',
  'payment',
  'ofPayment',
];
const EVENTS_BEFORE_3: ReadonlySet<OrderEvent['what']> = new Set(['placed', 'amended', 'cancelled', 'imported']);
const EVENTS_SINCE_3 = orderEvent.shape.what.options.filter((what) => !EVENTS_BEFORE_3.has(what));

export const ISSUES_SINCE_3: readonly IssueCode[] = [
  'customer.blocked',
  'customer.onHold',
  'credit.exceeded',
  'credit.overdue',
  'facts.old',
  'facts.confirm',
  'facts.tooOld',
  'quantity.belowMinimum',
  'quantity.notMultiple',
  'price.impossible',
  'price.notAllowed',
  'price.reasonMissing',
  'amount.changed',
  'order.onHold',
  'order.roleMissing',
  'order.fourEyes',
  'order.notAllOut',
  'reason.missing',
  'tracking.tooLong',
  'moved.nothing',
  'moved.line',
  'ship.tooMuch',
  'return.tooMuch',
  'return.creditTooMuch',
  'payment.notPositive',
  'payment.paidBack',
  'payment.reference',
  'payment.tooMuch',
  'payment.unknown',
  'refund.tooMuch',
];
export const REPAIRS_SINCE_3: readonly Repair['kind'][] = [
  'acceptAmount',
  'takeListPrice',
  'backorder',
  'moveLess',
  'creditLess',
  'closeRest',
  'askApproval',
  'payLess',
];

/**
 * What finds out, in a row's JSON, whether there may be anything in it that older desks don't know: a regular expression
 * that JavaScript and PostgreSQL read alike. A name that stands in somebody's note only costs a second look.
 */
const MARKS: Partial<Record<RowKind, string>> = {
  product: anyName(FIELDS_SINCE_3.product),
  customer: anyName(FIELDS_SINCE_3.customer),
  priceList: anyName(FIELDS_SINCE_3.priceList),
  price: anyName(FIELDS_SINCE_3.price),
  order: `${anyName([...(FIELDS_SINCE_3.order ?? []), ...LINE_FIELDS_SINCE_3, ...EVENT_FIELDS_SINCE_3])}|"what":"(${EVENTS_SINCE_3.join('|')})"`,
  receipt: `"(${[...ISSUES_SINCE_3, ...REPAIRS_SINCE_3].map((name) => name.replace('.', String.raw`\.`)).join('|')})"`,
};
const PATTERNS = new Map(Object.entries(MARKS).map(([kind, mark]) => [kind, new RegExp(mark)]));

function anyName(of: readonly string[] = []): string {
  return `"(${of.join('|')})":`;
}

/** Whether desks of that version have to be told some rows otherwise. */
export function isOlder(protocol: number): boolean {
  return protocol < 3;
}

/** Of a kind, the regular expression that rows match which have to be told otherwise; `undefined`: none has. */
export function markOf(kind: string): string | undefined {
  return MARKS[kind as RowKind];
}

/** The row's JSON as a desk of before protocol 3 is told it. Canonical as the given text is. */
export function olderRowText(kind: string, text: string): string {
  if (PATTERNS.get(kind)?.test(text) !== true) return text;
  return canonicalJson(olderRow(kind as RowKind, JSON.parse(text) as RowOf<RowKind>));
}

function olderRow(kind: RowKind, row: RowOf<RowKind>): unknown {
  const rest = without(row, FIELDS_SINCE_3[kind] as readonly (keyof RowOf<RowKind>)[] | undefined);
  if (kind === 'order') {
    const { lines, history } = row as Order;
    return {
      ...rest,
      lines: lines.map((line) => without(line, LINE_FIELDS_SINCE_3)),
      history: history
        .filter(({ what }) => EVENTS_BEFORE_3.has(what))
        .map((each) => without(each, EVENT_FIELDS_SINCE_3)),
    };
  }
  if (kind === 'receipt') return { ...rest, issues: olderIssues((row as RowOf<'receipt'>).issues) };
  return rest;
}

/**
 * Issues in the words of before protocol 3. What such a desk has no word for becomes "look at it as it is now": that makes
 * a person open the order, and the office can mend it from central.
 */
function olderIssues(issues: readonly Issue[]): Issue[] {
  const [codes, repairs] = [new Set<string>(ISSUES_SINCE_3), new Set<string>(REPAIRS_SINCE_3)];
  return issues.map((issue) =>
    codes.has(issue.code)
      ? {
          code: 'order.changed',
          path: ['orderId'],
          params: {},
          severity: issue.severity,
          repairs: [{ kind: 'editOrder' }],
        }
      : { ...issue, repairs: issue.repairs.filter(({ kind }) => !repairs.has(kind)) },
  );
}

/** Outcomes in the words that a desk of that version knows. */
export function outcomesFor(protocol: number, outcomes: PushOutcome[]): PushOutcome[] {
  if (!isOlder(protocol)) return outcomes;
  return outcomes.map((each) => ('issues' in each ? { ...each, issues: olderIssues(each.issues) } : each));
}

function without<T extends object>(row: T, names: readonly (keyof T)[] = []): Partial<T> {
  const rest = { ...row };
  for (const name of names) delete rest[name];
  return rest;
}
