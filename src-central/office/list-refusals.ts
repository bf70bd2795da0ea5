/** What central refused and nobody has dealt with: the latest refusal of each lane, with what it asked for. */
import { sql } from 'kysely';
import type { Issue } from '../../src-shared/domain/issue.ts';
import { issueText } from '../../src-shared/text/issue-text.ts';
import type { Language } from '../../src-shared/text/language.ts';
import { uuidArray } from '../db/array-literals.ts';
import { askedLinesOf } from '../../src-shared/mutations/registry.ts';
import type { CentralDb } from '../db/schema.ts';
import type { ReceiptRow } from '../mutations/read-batch-rows.ts';
import { refusalOf } from './find-refusal.ts';

export interface RefusedLine {
  productId: string;
  productCode: string;
  productName: string;
  unit: string;
  /** Thousandths of the unit. */
  quantity: number;
  /** Ten-thousandths of the major unit: what the customer was told. */
  quotedUnitPrice: number;
}

export interface ListedRefusal {
  mutationId: string;
  /** Of the mutation: `order.place`, … */
  name: string;
  branchCode: string;
  deviceName: string;
  userName: string;
  /** Unix milliseconds by the desk's clock, a hint, and by central's. */
  madeAt: number | null;
  judgedAt: number;
  issues: (Issue & { message: string })[];
  /** What it asked for; null where no schema of this central reads it. */
  order: {
    orderId: string;
    number: string;
    customerId: string;
    customerName: string;
    businessDate: string;
    note: string;
    lines: RefusedLine[];
  } | null;
  /** The order's version at central, 0 where there is none: to be given back with a decision. */
  baseVersion: number;
}

interface Row extends ReceiptRow {
  branch_code: string;
  device_name: string;
  version: number | null;
}

/** Oldest first. `branchId`: null for every branch. */
export async function listRefusals(
  db: CentralDb,
  of: { branchId: string | null; limit: number; language: Language },
): Promise<ListedRefusal[]> {
  const { rows } = await sql<Row>`
    select * from (
      select distinct on (r.lane) r.*, d.branch_id, d.name as device_name, b.code as branch_code, o.version
      from receipt r join device d using (device_id) join branch b using (branch_id)
        left join sales_order o on 'order:' || o.order_id::text = r.lane and o.branch_id = d.branch_id
      where r.verdict = 'refused' and r.superseded_by is null
        and (${of.branchId}::uuid is null or d.branch_id = ${of.branchId}::uuid)
      order by r.lane, r.judged_at desc, r.seq desc
    ) latest order by judged_at limit ${of.limit}
  `.execute(db);
  const read = rows.map((row) => ({ row, content: refusalOf(row).content }));
  const contents = read.flatMap(({ content }) => content ?? []);
  const names = await namesOf(db, {
    products: contents.flatMap(({ intent }) => askedLinesOf(intent).map((line) => line.productId)),
    customers: contents.map(({ intent }) => intent.args.customerId),
    sessions: contents.map(({ body }) => body.sessionId),
  });
  return read.map(({ row, content }) => ({
    mutationId: row.mutation_id,
    name: row.name,
    branchCode: row.branch_code,
    deviceName: row.device_name,
    userName: names.users.get(content?.body.sessionId ?? '') ?? '',
    madeAt: content?.body.madeAt ?? null,
    judgedAt: row.judged_at,
    issues: row.issues.map((issue) => Object.assign({ message: issueText(issue, of.language) }, issue)),
    order: content ? orderOf(content.intent.args, names, row.branch_id) : null,
    baseVersion: row.version ?? 0,
  }));
}

type Content = NonNullable<ReturnType<typeof refusalOf>['content']>;

function orderOf(args: Content['intent']['args'], names: Names, branchId: string): NonNullable<ListedRefusal['order']> {
  const { orderId, number, customerId, businessDate } = args;
  const customer = names.customers.get(customerId);
  return {
    orderId,
    number,
    customerId,
    // What a mutation asked for may be another branch's customer, whose name is nothing for this one's people.
    customerName: customer?.branchId === branchId ? customer.name : '',
    businessDate,
    note: 'note' in args ? args.note : '',
    lines: 'lines' in args ? args.lines.map((line) => Object.assign(productOf(names, line.productId), line)) : [],
  };
}

function productOf(names: Names, productId: string): Pick<RefusedLine, 'productCode' | 'productName'> {
  const product = names.products.get(productId);
  return { productCode: product?.code ?? '', productName: product?.name ?? '' };
}

interface Names {
  products: Map<string, { code: string; name: string }>;
  customers: Map<string, { name: string; branchId: string }>;
  /** By session. */
  users: Map<string, string>;
}

async function namesOf(
  db: CentralDb,
  of: { products: readonly string[]; customers: readonly string[]; sessions: readonly string[] },
): Promise<Names> {
  const products = await sql<{ product_id: string; code: string; name: string }>`
    select product_id, code, name from product where product_id = any(${uuidArray([...new Set(of.products)])}::uuid[])
  `.execute(db);
  const customers = await sql<{ customer_id: string; name: string; branch_id: string }>`
    select customer_id, name, branch_id from customer where customer_id = any(${uuidArray([...new Set(of.customers)])}::uuid[])
  `.execute(db);
  const users = await sql<{ session_id: string; display_name: string }>`
    select session_id, display_name from user_session join app_user using (user_id)
    where session_id = any(${uuidArray([...new Set(of.sessions)])}::uuid[])
  `.execute(db);
  return {
    products: new Map(products.rows.map((row) => [row.product_id, row])),
    customers: new Map(
      customers.rows.map(({ customer_id: id, name, branch_id: branchId }) => [id, { name, branchId }]),
    ),
    users: new Map(users.rows.map((row) => [row.session_id, row.display_name])),
  };
}
