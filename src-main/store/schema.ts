/** The desk file's tables as kysely sees them; `migrations/replica/` is what makes them. */
import type { Generated } from 'kysely';

export interface StoreSchema {
  migration: { name: string; checksum: string; applied_at: number };
  meta: { key: string; value: string };

  scope: {
    scope_id: Generated<number>;
    name: string;
    state: 'filling' | 'joined' | 'stale' | 'leaving';
    was: Generated<string | null>;
    fill_from: Generated<string>;
  };
  fill_part: {
    scope_id: number;
    kind: string;
    place: number;
    after: Generated<string>;
    rows: Generated<number>;
    of_rows: number;
    done: Generated<number>;
  };
  fill_removed: { scope_id: number; kind: string; key: string; rev: number };
  stock_lease: {
    lease_id: string;
    incarnation_id: string;
    warehouse_id: string;
    product_id: string;
    quantity_base: number;
    used_base: number;
    expires_at: number;
    rev: number;
    scope_id: number;
  };
  renounced_lease: { lease_id: string };
  scope_grant: { scope: string; rev: number; scope_id: number };

  branch: {
    branch_id: string;
    code: string;
    name: string;
    warehouse_id: string;
    time_zone: string;
    rev: number;
    scope_id: Generated<number>;
  };
  product: ProductTable;
  customer: CustomerTable;
  price_list: {
    price_list_id: string;
    code: string;
    name: string;
    currency: string;
    customer_id: string | null;
    group_id: Generated<string | null>;
    tax_included: Generated<number | null>;
    rev: number;
    scope_id: Generated<number>;
  };
  price: {
    price_id: string;
    price_list_id: string;
    product_id: string;
    unit: string;
    unit_price: number;
    valid_from: string;
    valid_to: string | null;
    min_quantity: Generated<number | null>;
    rev: number;
    scope_id: Generated<number>;
  };
  customer_group: { group_id: string; code: string; name: string; rev: number; scope_id: Generated<number> };
  promotion: {
    promotion_id: string;
    valid_from: string;
    valid_to: string | null;
    active: number;
    content: string;
    rev: number;
    scope_id: Generated<number>;
  };
  policy: { name: string; content: string; rev: number; scope_id: Generated<number> };
  customer_account: {
    customer_id: string;
    currency: string;
    on_order_minor: number;
    due: string;
    rev: number;
    scope_id: Generated<number>;
  };
  stock: {
    warehouse_id: string;
    product_id: string;
    on_hand: number;
    allocated: number;
    rev: number;
    scope_id: Generated<number>;
  };
  sales_order: SalesOrderTable;
  receipt: {
    mutation_id: string;
    lane: string;
    name: string;
    verdict: string;
    issues: string;
    superseded_by: string | null;
    body_hash: string;
    judged_at: number;
    rev: number;
    scope_id: Generated<number>;
  };

  staged_page: { page_no: Generated<number>; cursor: string; changes: number; content: string };
  alarm: {
    alarm_id: string;
    what: 'rows' | 'tooMany' | 'search';
    scope: string;
    kind: string;
    count: number;
    rows: string;
    mended: number;
    at: number;
    reported_at: number | null;
    acknowledged_at: number | null;
  };

  outbox: OutboxTable;
  journal: JournalTable;
  reservation: { mutation_id: string; warehouse_id: string; product_id: string; quantity_base: number };
  local_order: LocalOrderTable;
  counter: { name: string; value: number };
  session: SessionTable;
  order_notice: OrderNoticeTable;
  draft: { draft_id: string; content: string; updated_at: number };
}

interface ProductTable {
  row_no: Generated<number>;
  product_id: string;
  code: string;
  barcode: string | null;
  name: string;
  name_alt: string | null;
  initials: string;
  base_unit: string;
  units: string;
  step: number;
  active: number;
  tax_basis_points: Generated<number | null>;
  minimum_base: Generated<number | null>;
  multiple_base: Generated<number | null>;
  rev: number;
  scope_id: Generated<number>;
}

interface CustomerTable {
  row_no: Generated<number>;
  customer_id: string;
  branch_id: string;
  code: string;
  name: string;
  initials: string;
  phone: string | null;
  active: number;
  group_id: Generated<string | null>;
  more: Generated<string | null>;
  rev: number;
  scope_id: Generated<number>;
}

interface SalesOrderTable {
  order_id: string;
  number: string;
  branch_id: string;
  warehouse_id: string;
  customer_id: string;
  status: string;
  note: string;
  business_date: string;
  made_at: number;
  version: number;
  currency: string;
  total_minor: number;
  line_count: number;
  lines: string;
  history: string;
  tax_minor: Generated<number | null>;
  state: Generated<string | null>;
  hold: Generated<string | null>;
  credited_minor: Generated<number | null>;
  credit_review: Generated<number | null>;
  old_facts: Generated<number | null>;
  paid_minor: Generated<number | null>;
  rev: number;
  scope_id: Generated<number>;
}

interface OutboxTable {
  seq: Generated<number>;
  mutation_id: string;
  lane: string;
  name: string;
  body: string;
  body_hash: string;
  signature: string;
  depends_on: string;
  state: string;
  answer: string;
  effect: string;
  issues: Generated<string>;
  reason: Generated<string | null>;
  made_at: number;
  last_sent_at: Generated<number | null>;
  attempts: Generated<number>;
  held_since: Generated<number | null>;
  superseded_by: Generated<string | null>;
  proof: Generated<string | null>;
  judged_at: Generated<number | null>;
  known_in: Generated<string | null>;
}

interface JournalTable {
  mutation_id: string;
  seq: number;
  lane: string;
  name: string;
  body: string;
  body_hash: string;
  signature: string;
  answer: string;
  outcome: string;
  settled_at: number;
  incarnation_id: string | null;
  proof: string | null;
  judged_at: number | null;
  known_in: string | null;
  known_at: number | null;
  issues: Generated<string>;
  depends_on: Generated<string>;
  effect: Generated<string>;
  made_at: Generated<number>;
}

interface OrderNoticeTable {
  order_id: string;
  kind: string;
  params: string;
  made_at: number;
}

interface LocalOrderTable {
  order_id: string;
  number: string;
  customer_id: string;
  status: string;
  state: Generated<string | null>;
  business_date: string;
  made_at: number;
  currency: string;
  total_minor: number;
  line_count: number;
  claim_minor: Generated<number>;
}

interface SessionTable {
  session_id: string;
  user_id: string;
  user_name: string;
  display_name: string;
  role: string;
  branch_id: string | null;
  private_key: string;
  expires_at: number;
  signed_in_at: number;
  signed_out_at: number | null;
  public_key: Generated<string | null>;
  certificate: Generated<string | null>;
}
