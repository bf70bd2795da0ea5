/**
 * Central's tables as kysely sees them: one interface per table of migrations/central, columns as they are named there.
 *
 * `bigint` arrives as a number (connect.ts refuses one past 2^53), `xid8` as a string of digits, `date` as
 * `YYYY-MM-DD`, `timestamptz` as a Date. `jsonb` is read parsed and written as text.
 */
import type { ColumnType, Generated, GeneratedAlways, Kysely, Transaction } from 'kysely';
import type { Account } from '../../src-shared/domain/account.ts';
import type { CustomerMore } from '../../src-shared/domain/customer.ts';
import type { Issue } from '../../src-shared/domain/issue.ts';
import type { Order, OrderEvent, OrderHold, OrderLineMore } from '../../src-shared/domain/order.ts';
import type { OpenState } from '../../src-shared/domain/lifecycle/order-state.ts';
import type { Policy, PolicyName } from '../../src-shared/domain/policy.ts';
import type { Promotion } from '../../src-shared/domain/pricing/promotion.ts';
import type { ProductUnit } from '../../src-shared/domain/unit.ts';
import type { RowKind } from '../../src-shared/protocol/change.ts';
import type { ReofferedMutation } from '../../src-shared/protocol/reoffer.ts';
import type { Scope } from '../../src-shared/protocol/scope.ts';

/** Parsed when read; written as JSON text. */
type Json<T> = ColumnType<T, string, string>;
type Timestamp = ColumnType<Date, Date | string, Date | string>;
type NullableTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** Set by the database when the row is made. */
type CreatedAt = ColumnType<Date, Date | string | undefined, never>;

export interface EpochTable {
  only_row: Generated<boolean>;
  epoch: string;
  system_identifier: string;
  currency: string;
  next_incarnation: Generated<number>;
  created_at: CreatedAt;
  timeline: number | null;
  server_started_at: NullableTimestamp;
  server_run: Generated<string | null>;
  recovering: Generated<boolean>;
}

export interface EpochLifeTable {
  epoch: string;
  began_at: CreatedAt;
  reason: 'first' | 'cluster' | 'timeline' | 'behind' | 'cursor' | 'receipt' | 'asked';
  system_identifier: string;
  timeline: number | null;
  from_position: number;
  closed_at: NullableTimestamp;
  closed_by: string | null;
}

export interface RecoveryDeskTable {
  epoch: string;
  device_id: string;
  done_at: CreatedAt;
}

export interface ReofferedTable {
  mutation_id: string;
  device_id: string;
  lane: string;
  offer: Json<ReofferedMutation>;
  why: 'dependency' | 'version' | 'session' | 'row' | 'fault';
  missing: Json<string[]>;
  offered_at: CreatedAt;
}

export interface RecoveryFindingTable {
  finding_id: GeneratedAlways<number>;
  epoch: string;
  kind: 'stock' | 'conflict' | 'unproven' | 'mismatch';
  mutation_id: string;
  details: Json<Record<string, unknown>>;
  found_at: CreatedAt;
}

export interface BackedUpTable {
  only_row: Generated<boolean>;
  up_to: number;
  recorded_at: Timestamp;
}

export interface BranchTable {
  branch_id: string;
  code: string;
  name: string;
  warehouse_id: string;
  time_zone: string;
  rev: Generated<number>;
  order_months: Generated<number>;
}

export interface AppUserTable {
  user_id: string;
  user_name: string;
  display_name: string;
  role: 'clerk' | 'manager' | 'admin';
  branch_id: string | null;
  password_hash: string;
  active: Generated<boolean>;
  created_at: CreatedAt;
}

export interface DeviceTable {
  device_id: string;
  name: string;
  branch_id: string;
  public_key: string;
  token_hash: Buffer;
  /** `office`: central's own, one for each branch, for the mutations that people make there. */
  kind: Generated<'desk' | 'office'>;
  enrolled_at: CreatedAt;
  last_seen_at: NullableTimestamp;
  revoked_at: NullableTimestamp;
}

export interface DeviceBranchTable {
  device_id: string;
  branch_id: string;
  granted_at: CreatedAt;
}

export interface ScopeGrantTable {
  device_id: string;
  scope: Scope;
  active: boolean;
  rev: number;
}

export interface OfficeActTable {
  act_id: string;
  what: 'repaired' | 'cancelled' | 'dismissed' | 'broughtIn';
  user_id: string;
  mutation_id: string;
  reason: string;
  body: string | null;
  done_at: number;
}

export interface IncarnationTable {
  incarnation_id: string;
  device_id: string;
  code: string;
  created_at: CreatedAt;
  life: Generated<string | null>;
  disputed: Generated<boolean>;
  highest_seq: Generated<number>;
  machine: Generated<string | null>;
  build: Generated<string | null>;
  greeted_at: NullableTimestamp;
  forked_from: Generated<string | null>;
  fork_reason: Generated<string | null>;
  contested: Generated<boolean>;
}

export interface EnrolmentCodeTable {
  code_hash: Buffer;
  branch_id: string;
  expires_at: Timestamp;
  used_by: string | null;
}

export interface UserSessionTable {
  session_id: string;
  user_id: string;
  device_id: string;
  public_key: string;
  created_at: CreatedAt;
  expires_at: Timestamp;
  revoked_at: NullableTimestamp;
}

export interface ApiSessionTable {
  token_hash: Buffer;
  user_id: string;
  expires_at: Timestamp;
}

export interface ProductTable {
  product_id: string;
  code: string;
  barcode: string | null;
  name: string;
  name_alt: string | null;
  initials: string;
  base_unit: string;
  units: Json<ProductUnit[]>;
  step: number;
  active: Generated<boolean>;
  tax_basis_points: Generated<number | null>;
  minimum_base: Generated<number | null>;
  multiple_base: Generated<number | null>;
  rev: Generated<number>;
}

export interface CustomerTable {
  customer_id: string;
  branch_id: string;
  code: string;
  name: string;
  initials: string;
  phone: string | null;
  active: Generated<boolean>;
  group_id: Generated<string | null>;
  more: ColumnType<CustomerMore | null, string | null | undefined, string | null>;
  rev: Generated<number>;
}

export interface CustomerAccountTable {
  customer_id: string;
  currency: string;
  on_order_minor: number;
  due: Json<Account['due']>;
  rev: number;
}

export interface PriceListTable {
  price_list_id: string;
  code: string;
  name: string;
  currency: string;
  customer_id: string | null;
  group_id: Generated<string | null>;
  tax_included: Generated<boolean | null>;
  rev: Generated<number>;
}

export interface CustomerGroupTable {
  group_id: string;
  code: string;
  name: string;
  rev: Generated<number>;
}

export interface PromotionTable {
  promotion_id: string;
  code: string;
  document: Json<Promotion>;
  rev: Generated<number>;
}

export interface PolicyTable {
  name: PolicyName;
  document: Json<Policy>;
  rev: Generated<number>;
}

export interface PriceTable {
  price_id: string;
  price_list_id: string;
  product_id: string;
  unit: string;
  unit_price: number;
  valid_from: string;
  valid_to: string | null;
  min_quantity: Generated<number | null>;
  rev: Generated<number>;
}

export interface StockTable {
  warehouse_id: string;
  product_id: string;
  on_hand: number;
  allocated: Generated<number>;
  rev: Generated<number>;
}

export interface StockMovementTable {
  movement_id: GeneratedAlways<number>;
  warehouse_id: string;
  product_id: string;
  quantity_base: number;
  kind: 'opening' | 'count' | 'shipped' | 'returned' | 'recovery';
  order_id: string | null;
  order_version: number | null;
  mutation_id: string | null;
  user_id: string | null;
  moved_at: number;
}

export interface SalesOrderTable {
  order_id: string;
  number: string;
  branch_id: string;
  warehouse_id: string;
  customer_id: string;
  status: 'placed' | 'cancelled' | 'completed';
  note: string;
  business_date: string;
  made_at: number;
  version: number;
  currency: string;
  total_minor: number;
  history: Json<OrderEvent[]>;
  tax_minor: Generated<number | null>;
  state: Generated<OpenState | null>;
  hold: Generated<OrderHold | null>;
  credited_minor: Generated<number | null>;
  credit_review: Generated<true | null>;
  old_facts: Generated<true | null>;
  paid_minor: Generated<number | null>;
  rev: Generated<number>;
}

export interface SalesOrderLineTable {
  order_id: string;
  line_no: number;
  product_id: string;
  unit: string;
  quantity: number;
  quantity_base: number;
  unit_price: number;
  amount_minor: number;
  price_kind: 'own' | 'list' | 'past';
  price_id: string | null;
  more: Generated<OrderLineMore | null>;
}

export interface SalesOrderVersionTable {
  order_id: string;
  version: number;
  document: Json<Order>;
}

export interface ReceiptTable {
  mutation_id: string;
  device_id: string;
  incarnation_id: string;
  /** Null of what was never offered: made at central, or superseded before central saw it. */
  seq: number | null;
  lane: string;
  name: string;
  body_hash: string;
  refused_body: string | null;
  verdict: 'applied' | 'refused';
  issues: Json<Issue[]>;
  superseded_by: string | null;
  judged_at: number;
  user_id: Generated<string | null>;
  made_at: Generated<number | null>;
  rev: Generated<number>;
  position: GeneratedAlways<number>;
}

export interface StockLeaseTable {
  lease_id: string;
  device_id: string;
  incarnation_id: string;
  warehouse_id: string;
  product_id: string;
  quantity_base: number;
  used_base: Generated<number>;
  expires_at: number;
  live: Generated<boolean>;
  released_by: Generated<string | null>;
  release_reason: Generated<string | null>;
  rev: Generated<number>;
}

export interface ChangeTable {
  xid: Generated<string>;
  ord: Generated<number>;
  scope: string;
  kind: RowKind;
  key: string;
  op: 'put' | 'remove';
  rev: number;
  row_json: Json<unknown> | null;
  /** Any 64 bits, so past what a number holds: read as text, or by the database alone. */
  row_hash: ColumnType<never, never, never>;
}

export interface FeedStateTable {
  only_row: Generated<boolean>;
  folded_to: Generated<string>;
  compacted_to: Generated<string>;
  swept_to: Generated<string>;
  horizon: Generated<string>;
  removes_swept_to: Generated<string>;
  rebuilt: Generated<number>;
}

export interface FeedTimeTable {
  xid: string;
  at: Timestamp;
}

export interface ScopeDigestTable {
  scope: Scope;
  kind: string;
  rows: number;
  /** Digits, modulo 2^64. */
  sum: string;
}

export interface FeedPinTable {
  device_id: string;
  xid: string;
  touched_at: Timestamp;
}

export interface DeviceCursorTable {
  device_id: string;
  protocol: number;
  xid: string;
  began_at_horizon: string | null;
  noted_at: Timestamp;
}

export interface JobRunTable {
  name: string;
  ended_at: Timestamp;
  failure: string | null;
}

export interface AlarmTable {
  alarm_id: string;
  /** Null: central itself. */
  device_id: string | null;
  what: string;
  subject: string;
  detail: Json<Record<string, unknown>>;
  first_at: CreatedAt;
  last_at: CreatedAt;
  count: Generated<number>;
  acknowledged_at: NullableTimestamp;
  acknowledged_by: string | null;
}

/** Written by the database's triggers alone. */
export interface AuditEntryTable {
  entry_id: GeneratedAlways<number>;
  at: GeneratedAlways<number>;
  via: 'people' | 'desk' | 'program' | 'central' | 'database';
  user_id: string | null;
  user_name: string;
  device_id: string | null;
  subject: string;
  key: string;
  label: string;
  branch_id: string | null;
  action: 'added' | 'changed' | 'removed';
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export interface AuditSealTable {
  seal_id: GeneratedAlways<number>;
  to_entry: number;
  entries: number;
  digest: string;
  signature: string;
  sealed_at: number;
}

export interface OrderPresenceTable {
  order_id: string;
  session_id: string;
  device_id: string;
  user_name: string;
  since: number;
  seen_at: number;
}

export interface CatalogueVersionTable {
  only_row: Generated<boolean>;
  version: Generated<number>;
}

/** What central has run of its migrations; made by migrate.ts itself. */
export interface MigrationTable {
  name: string;
  checksum: string;
  ran_at: CreatedAt;
}

export interface CentralTables {
  epoch: EpochTable;
  branch: BranchTable;
  app_user: AppUserTable;
  device: DeviceTable;
  device_branch: DeviceBranchTable;
  scope_grant: ScopeGrantTable;
  incarnation: IncarnationTable;
  enrolment_code: EnrolmentCodeTable;
  user_session: UserSessionTable;
  api_session: ApiSessionTable;
  product: ProductTable;
  customer: CustomerTable;
  price_list: PriceListTable;
  price: PriceTable;
  customer_group: CustomerGroupTable;
  customer_account: CustomerAccountTable;
  promotion: PromotionTable;
  policy: PolicyTable;
  stock: StockTable;
  stock_movement: StockMovementTable;
  sales_order: SalesOrderTable;
  sales_order_line: SalesOrderLineTable;
  sales_order_version: SalesOrderVersionTable;
  receipt: ReceiptTable;
  stock_lease: StockLeaseTable;
  office_act: OfficeActTable;
  change: ChangeTable;
  feed_state: FeedStateTable;
  feed_time: FeedTimeTable;
  scope_digest: ScopeDigestTable;
  feed_pin: FeedPinTable;
  device_cursor: DeviceCursorTable;
  job_run: JobRunTable;
  alarm: AlarmTable;
  audit_entry: AuditEntryTable;
  audit_seal: AuditSealTable;
  order_presence: OrderPresenceTable;
  catalogue_version: CatalogueVersionTable;
  migration: MigrationTable;
  epoch_life: EpochLifeTable;
  recovery_desk: RecoveryDeskTable;
  reoffered: ReofferedTable;
  recovery_finding: RecoveryFindingTable;
  backed_up: BackedUpTable;
}

export type CentralDb = Kysely<CentralTables>;
export type CentralTransaction = Transaction<CentralTables>;
