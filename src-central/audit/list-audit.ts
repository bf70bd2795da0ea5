/**
 * Who changed what, when and from what to what, the newest first: rows of the house (audit_entry), steps of orders (their
 * receipts, order-trail.ts) and counts of stock (its ledger) in one list.
 */
import { sql, type RawBuilder } from 'kysely';
import { readSnapshot } from '../change-feed/gate.ts';
import type { AuditEntryTable, CentralDb, CentralTransaction } from '../db/schema.ts';
import { AUDIT_PAGE } from './limits.ts';
import { orderDifferences, type Differences } from './order-trail.ts';

export interface AuditEntry {
  id: string;
  /** Unix milliseconds by central's clock; for what was done on a desk by the desk's, too. */
  at: number;
  madeAt: number | null;
  via: AuditEntryTable['via'];
  /** Null, and the name says what it was, where nobody that central knows did it. */
  userId: string | null;
  userName: string;
  deviceId: string | null;
  deviceName: string | null;
  branchCode: string | null;
  /** `order`, `stock`, or the table of the row. */
  subject: string;
  key: string;
  /** Codes and names of what it is about: of rows as they were, of orders and counts as they are. */
  label: string;
  /** `added`, `changed`, `removed`; of an order the mutation, `order.place`. */
  action: string;
  /** Of an order's mutation. */
  verdict: 'applied' | 'refused' | null;
  /** What differs, by field; null where there was nothing before, or there is nothing after. */
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export interface AuditPlace {
  at: number;
  id: string;
}

export interface AuditQuery {
  /** Unix milliseconds. */
  from?: number | undefined;
  to?: number | undefined;
  /** Of one branch alone; null for all. */
  branchId: string | null;
  userName?: string | undefined;
  subject?: string | undefined;
  key?: string | undefined;
  /** In codes and names. */
  text?: string | undefined;
  /** Those before this place. */
  before?: AuditPlace | undefined;
}

export async function listAudit(
  db: CentralDb,
  query: AuditQuery,
): Promise<{ entries: AuditEntry[]; next: AuditPlace | null }> {
  return readSnapshot(db, async (tx) => {
    const found = await readEntries(tx, query);
    const page = found.slice(0, AUDIT_PAGE);
    const last = page.at(-1);
    const next = found.length > AUDIT_PAGE && last ? { at: last.at, id: last.id } : null;
    const differences = await orderDifferences(
      tx,
      page.filter(({ subject, verdict }) => subject === 'order' && verdict === 'applied'),
    );
    return { entries: page.map((entry) => withDifferences(entry, differences.get(entry.id))), next };
  });
}

function withDifferences(entry: AuditEntry, of: Differences | undefined): AuditEntry {
  return of ? { ...entry, ...of } : entry;
}

async function readEntries(tx: CentralTransaction, query: AuditQuery): Promise<AuditEntry[]> {
  const { rows } = await sql<AuditEntry>`
    select found.id, found.at, found.made_at as "madeAt", found.via, found.user_id as "userId",
      found.user_name as "userName", found.device_id as "deviceId", device.name as "deviceName",
      branch.code as "branchCode", found.subject, found.key, found.label, found.action, found.verdict, found.before,
      found.after
    from (
      (${rowsOf(query)}) union all (${mutationsOf(query)}) union all (${countsOf(query)})
    ) found
    left join device on device.device_id = found.device_id and device.kind = 'desk'
    left join branch on branch.branch_id = found.branch_id
    order by found.at desc, found.id desc
    limit ${AUDIT_PAGE + 1}
  `.execute(tx);
  return rows;
}

/** `entries` as a query of the columns of AuditEntry; of them those that are asked for, a page at most. */
function asked(entries: RawBuilder<unknown>, at: RawBuilder<unknown>, query: AuditQuery): RawBuilder<unknown> {
  const { from, to, branchId, userName, subject, key, text, before } = query;
  const within = [
    sql`true`,
    ...(from === undefined ? [] : [sql`${at} >= ${from}::bigint`]),
    ...(to === undefined ? [] : [sql`${at} <= ${to}::bigint`]),
    ...(before === undefined ? [] : [sql`${at} <= ${before.at}::bigint`]),
  ];
  const fitting = [
    sql`true`,
    ...(before === undefined ? [] : [sql`(at, id) < (${before.at}::bigint, ${before.id}::text)`]),
    ...(branchId === null ? [] : [sql`branch_id = ${branchId}::uuid`]),
    ...(userName === undefined ? [] : [sql`lower(user_name) = lower(${userName}::text)`]),
    ...(subject === undefined ? [] : [sql`subject = ${subject}::text`]),
    ...(key === undefined ? [] : [sql`key = ${key}::text`]),
    ...(text === undefined ? [] : [sql`position(lower(${text}::text) in lower(label)) > 0`]),
  ];
  return sql`
    select * from (${entries} where ${sql.join(within, sql` and `)}) each
    where ${sql.join(fitting, sql` and `)}
    order by at desc, id desc limit ${AUDIT_PAGE + 1}
  `;
}

function rowsOf(query: AuditQuery): RawBuilder<unknown> {
  const entries = sql`
    select 'entry ' || lpad(entry_id::text, 19, '0') as id, a.at, null::bigint as made_at, via, user_id, user_name,
      device_id, subject, key, label, branch_id, action, null::text as verdict, before, after
    from audit_entry a`;
  return asked(entries, sql`a.at`, query);
}

function mutationsOf(query: AuditQuery): RawBuilder<unknown> {
  const entries = sql`
    select 'mutation ' || r.mutation_id as id, r.judged_at as at, r.made_at,
      case when d.kind = 'office' then 'people' else 'desk' end as via, r.user_id,
      coalesce(u.user_name, '') as user_name, case when d.kind = 'desk' then r.device_id end as device_id,
      'order' as subject, substr(r.lane, 7) as key,
      concat_ws(' ', coalesce(o.number, r.refused_body::jsonb #>> '{args,number}'), c.code, c.name) as label,
      d.branch_id, r.name as action, r.verdict, null::jsonb as before,
      case when r.verdict = 'refused' then jsonb_build_object('issues', r.issues) end as after
    from receipt r
    join device d on d.device_id = r.device_id
    left join app_user u on u.user_id = r.user_id
    left join sales_order o on o.order_id = case when r.lane ~ '^order:[0-9a-f-]{36}$' then substr(r.lane, 7)::uuid end
    left join customer c on c.customer_id = o.customer_id`;
  return asked(entries, sql`r.judged_at`, query);
}

function countsOf(query: AuditQuery): RawBuilder<unknown> {
  const entries = sql`
    select 'movement ' || lpad(m.movement_id::text, 19, '0') as id, m.moved_at as at, null::bigint as made_at,
      case when m.user_id is null then 'program' else 'people' end as via, m.user_id,
      coalesce(u.user_name, '') as user_name, null::uuid as device_id, 'stock' as subject,
      m.warehouse_id || ' ' || m.product_id as key, concat_ws(' ', p.code, p.name) as label, b.branch_id,
      m.kind as action, null::text as verdict, null::jsonb as before,
      jsonb_build_object('quantity_base', m.quantity_base) as after
    from (select * from stock_movement where kind in ('opening', 'count', 'recovery')) m
    join product p on p.product_id = m.product_id
    join branch b on b.warehouse_id = m.warehouse_id
    left join app_user u on u.user_id = m.user_id`;
  return asked(entries, sql`m.moved_at`, query);
}
