/**
 * What has become of the order numbers that a branch's desks have given. Each desk file counts from 1 under a code of its
 * own (docs/decisions/0003-order-numbers.md), so that what is missing between two numbers can be said, and why.
 */
import { sql } from 'kysely';
import { formatOrderNumber, ORDER_NUMBER_SHAPE } from '../../src-shared/domain/order-number.ts';
import type { CentralDb } from '../db/schema.ts';
import { readSnapshot } from '../change-feed/gate.ts';

export interface NumberSeries {
  /** Of the desk file that counts. */
  incarnationCode: string;
  deviceName: string;
  /** When the desk last said hello with that file, Unix milliseconds; null: never since it was told apart. */
  lastSeen: number | null;
  /** Whether that file still gives numbers: it is its desk's latest, and the desk is not revoked. */
  goesOn: boolean;
  /** The highest number that has been seen here. */
  highest: string;
  /** Numbers that orders have here, cancelled ones as well. */
  orders: number;
  gaps: NumberGap[];
}

/** Numbers that no order has here. */
export interface NumberGap {
  from: string;
  to: string;
  count: number;
  /**
   * `refused`: head office said no to the order, and nobody has dealt with that yet. `notHere`: the desk has given them
   * and they have not come; they are on their way. `leftBehind`: the file that gave them is not its desk's any more; what
   * of it was exported can be brought in.
   */
  why: 'refused' | 'notHere' | 'leftBehind';
}

/** A number whose order ended: the record that it leaves. */
export interface VoidedNumber {
  number: string;
  orderId: string;
  /** Unix milliseconds by central's clock. */
  at: number;
  userName: string;
  reason: string;
  /** It never was an order here: it was refused, and given up. */
  neverPlaced: boolean;
}

export interface NumbersAccount {
  series: NumberSeries[];
  /** Newest first. */
  voided: VoidedNumber[];
}

interface SeriesRow {
  code: string;
  device_name: string;
  last_seen: number | null;
  goes_on: boolean;
  branch_code: string;
  highest: number;
  orders: number;
}

/** `kind`: what no order has, or what has been refused. */
interface GapRow {
  code: string;
  kind: 'missing' | 'refused';
  from: number;
  to: number;
}

/** @param of.limit of the voided numbers. */
export async function accountForNumbers(
  db: CentralDb,
  of: { branchId: string; limit: number },
): Promise<NumbersAccount> {
  return readSnapshot(db, async (tx) => {
    // Orders that were imported have numbers of another shape.
    const used = sql`
      select split_part(number, '-', 2) as code, split_part(number, '-', 3)::bigint as running, true as is_order
      from sales_order where branch_id = ${of.branchId} and number ~ ${ORDER_NUMBER_SHAPE}`;
    // A refused placing, or what was to mend one: of an order that is here it says nothing new.
    const refused = sql`
      select distinct split_part(number, '-', 2) as code, split_part(number, '-', 3)::bigint as running, false as is_order
      from (
        select r.refused_body::jsonb #>> '{args,number}' as number
        from receipt r join device d using (device_id)
        where d.branch_id = ${of.branchId} and r.verdict = 'refused' and r.superseded_by is null
          and r.refused_body is not null
      ) asked where number ~ ${ORDER_NUMBER_SHAPE} and not exists (select from sales_order o where o.number = asked.number)`;
    const { rows: series } = await sql<SeriesRow>`
      select seen.code, d.name as device_name, b.code as branch_code,
        (extract(epoch from i.greeted_at) * 1000)::bigint as last_seen,
        d.revoked_at is null and not exists (
          select from incarnation later where later.device_id = i.device_id and later.created_at > i.created_at
        ) as goes_on,
        seen.highest, seen.orders
      from (
        select code, max(running) as highest, count(*) filter (where is_order) as orders
        from (${used} union all ${refused}) numbers group by code
      ) seen join incarnation i on i.code = seen.code join device d using (device_id)
        join branch b on b.branch_id = ${of.branchId}
      order by d.name, i.created_at`.execute(tx);
    const { rows: gaps } = await sql<GapRow>`
      with used as (${used}), refused as (${refused}),
      stepped as (
        select code, running, coalesce(lag(running) over (partition by code order by running), 0) as before
        from (select code, running from used union select code, running from refused) numbers
      )
      select code, 'missing' as kind, before + 1 as "from", running - 1 as "to" from stepped where running > before + 1
      union all select code, 'refused', running, running from refused
      order by 1, 3`.execute(tx);
    const { rows: voided } = await sql<VoidedNumber>`
      select number, order_id as "orderId", (last ->> 'at')::bigint as at, last ->> 'userName' as "userName",
        coalesce(last ->> 'reason', '') as reason, history #>> '{0,what}' = 'cancelled' as "neverPlaced"
      from sales_order, lateral (
        select event as last from jsonb_array_elements(history) as event
        where event ->> 'what' = 'cancelled' order by (event ->> 'version')::int desc limit 1
      ) ended
      where branch_id = ${of.branchId} and status = 'cancelled'
      order by at desc limit ${of.limit}`.execute(tx);
    return { series: series.map((row) => seriesOf(row, gaps)), voided };
  });
}

function seriesOf(row: SeriesRow, gaps: readonly GapRow[]): NumberSeries {
  const { code: incarnationCode, branch_code: branchCode, goes_on: goesOn } = row;
  const numberOf = (running: number): string => formatOrderNumber({ branchCode, incarnationCode, running });
  return {
    incarnationCode,
    deviceName: row.device_name,
    lastSeen: row.last_seen,
    goesOn,
    highest: numberOf(row.highest),
    orders: row.orders,
    gaps: gaps
      .filter(({ code }) => code === incarnationCode)
      .map(({ kind, from, to }) => ({
        from: numberOf(from),
        to: numberOf(to),
        count: to - from + 1,
        why: kind === 'refused' ? 'refused' : goesOn ? 'notHere' : 'leftBehind',
      })),
  };
}
