/** Who changed what, from what to what: written by the database itself, so that no program can forget it. */
import type { Migration } from '../migration.ts';

export const audit: Migration = {
  name: '0014-audit',
  sql: `
create table audit_entry (
  entry_id bigint generated always as identity primary key,
  -- Unix milliseconds by central's clock.
  at bigint not null default (extract(epoch from clock_timestamp()) * 1000)::bigint,
  -- people: central's API; desk; program: one that a person started; central: its jobs; database: none of these.
  via text not null check (via in ('people', 'desk', 'program', 'central', 'database')),
  -- No references: what is said here stays when they are gone.
  user_id uuid,
  user_name text not null,
  device_id uuid,
  -- A table, and the row's key in it.
  subject text collate "C" not null,
  key text collate "C" not null,
  -- What the row is called: codes and names, as they were.
  label text not null,
  -- Null of what is every branch's.
  branch_id uuid,
  action text not null check (action in ('added', 'changed', 'removed')),
  -- Of a changed row the columns that differ.
  before jsonb,
  after jsonb
);
create index audit_entry_at on audit_entry (at, entry_id);
create index audit_entry_key on audit_entry (subject, key, entry_id);

-- The entries past the seal before, up to to_entry; digest chains the seals (src-central/audit/seals.ts).
create table audit_seal (
  seal_id bigint generated always as identity primary key,
  to_entry bigint not null unique,
  entries bigint not null,
  digest text not null,
  -- Ed25519 over the digest by central's receipt key, base64.
  signature text not null,
  sealed_at bigint not null
);

create function audit_stands() returns trigger language plpgsql as $$
begin
  raise exception 'what % says is never changed', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger audit_entry_stands before update or delete or truncate on audit_entry
  for each statement execute function audit_stands();
create trigger audit_seal_stands before update or delete or truncate on audit_seal
  for each statement execute function audit_stands();

-- was and becomes: the rows before and after, pair by pair; null where there was none, or is none any more.
create function audit_write(of_table text, keys text[], ignored text[], secret text[], was jsonb[], becomes jsonb[])
  returns void language plpgsql as $$
declare
  actor jsonb := nullif(current_setting('orderdesk.actor', true), '')::jsonb;
  own boolean := current_setting('application_name') = 'orderdesk';
  hidden jsonb := (select coalesce(jsonb_object_agg(f, '(hidden)'), '{}') from unnest(secret) f);
begin
  insert into audit_entry (via, user_id, user_name, device_id, subject, key, label, branch_id, action, before, after)
  select
    coalesce(actor ->> 'via', case when own then 'central' else 'database' end),
    (actor ->> 'userId')::uuid,
    coalesce(actor ->> 'userName', case when own then '' else session_user::text end),
    (actor ->> 'deviceId')::uuid,
    of_table,
    concat_ws(' ', w ->> keys[1], w ->> keys[2]),
    concat_ws(' ', w ->> 'code', w ->> 'user_name', w ->> 'name', w ->> 'display_name', l.code, p.code, p.name, c.code,
      c.name, d.name, u.user_name),
    coalesce((w ->> 'branch_id')::uuid, c.branch_id, d.branch_id, u.branch_id),
    case when o is null then 'added' when n is null then 'removed' else 'changed' end,
    case
      when n is null then o - ignored || hidden
      when o is not null then (
        select jsonb_object_agg(f, coalesce(hidden -> f, o -> f)) from jsonb_object_keys(differing) f)
    end,
    case
      when o is null then n - ignored || hidden
      when n is not null then (
        select jsonb_object_agg(f, coalesce(hidden -> f, value)) from jsonb_each(differing) e (f, value))
    end
  from unnest(was, becomes) pair (o, n)
  cross join lateral (select coalesce(n, o)) whole (w)
  cross join lateral (
    select case when o is not null and n is not null then (
      select jsonb_object_agg(f, value) from jsonb_each(n) e (f, value) where value <> o -> f and f <> all(ignored))
    end
  ) changed (differing)
  left join price_list l on of_table = 'price' and l.price_list_id = (w ->> 'price_list_id')::uuid
  left join product p on of_table <> 'product' and p.product_id = (w ->> 'product_id')::uuid
  left join customer c on of_table <> 'customer' and c.customer_id = (w ->> 'customer_id')::uuid
  left join device d on of_table <> 'device' and d.device_id = (w ->> 'device_id')::uuid
  left join app_user u on of_table <> 'app_user' and u.user_id = (w ->> 'user_id')::uuid
  where o is null or n is null or differing is not null;
end $$;

create function audit_statement() returns trigger language plpgsql as $$
declare
  keys text[] := string_to_array(tg_argv[0], ',');
  ignored text[] := string_to_array(tg_argv[1], ',');
  secret text[] := string_to_array(tg_argv[2], ',');
  was jsonb[];
  becomes jsonb[];
begin
  if tg_op = 'INSERT' then
    select array_agg(null::jsonb), array_agg(to_jsonb(n)) into was, becomes from new_rows n;
  elsif tg_op = 'DELETE' then
    select array_agg(to_jsonb(o)), array_agg(null::jsonb) into was, becomes from old_rows o;
  else
    -- Not joined: the planner, who can't know how many there are, would compare each with each. Keys never change.
    select array_agg(o order by (o ->> keys[1]) collate "C", (o ->> keys[2]) collate "C") into was
    from (select to_jsonb(old_rows) as o from old_rows offset 0) each;
    select array_agg(n order by (n ->> keys[1]) collate "C", (n ->> keys[2]) collate "C") into becomes
    from (select to_jsonb(new_rows) as n from new_rows offset 0) each;
  end if;
  if was is not null then perform audit_write(tg_table_name, keys, ignored, secret, was, becomes); end if;
  return null;
end $$;

create function audit_row() returns trigger language plpgsql as $$
begin
  perform audit_write(tg_table_name, string_to_array(tg_argv[0], ','), string_to_array(tg_argv[1], ','),
    string_to_array(tg_argv[2], ','), array[to_jsonb(old)], array[to_jsonb(new)]);
  return null;
end $$;

-- Tables whose every row is written down: their keys, the columns that say nothing, those that nobody may read.
do $$
declare of record;
begin
  for of in select * from (values
    ('branch', 'branch_id', 'rev', ''),
    ('app_user', 'user_id', '', 'password_hash'),
    ('device_branch', 'device_id,branch_id', '', ''),
    ('enrolment_code', 'branch_id', '', 'code_hash'),
    ('user_session', 'session_id', '', 'public_key'),
    ('api_session', 'user_id', '', 'token_hash'),
    ('product', 'product_id', 'rev', ''),
    ('customer', 'customer_id', 'rev', ''),
    ('price_list', 'price_list_id', 'rev', ''),
    ('price', 'price_id', 'rev', ''),
    ('customer_group', 'group_id', 'rev', ''),
    ('promotion', 'promotion_id', 'rev', ''),
    ('policy', 'name', 'rev', ''),
    ('office_act', 'act_id', 'body', ''),
    ('epoch_life', 'epoch', 'system_identifier,timeline,from_position', ''),
    ('backed_up', 'only_row', '', '')
  ) t (tbl, keys, ignored, secret) loop
    execute format('create trigger audit_added after insert on %I referencing new table as new_rows
      for each statement execute function audit_statement(%L, %L, %L)', of.tbl, of.keys, of.ignored, of.secret);
    execute format('create trigger audit_removed after delete on %I referencing old table as old_rows
      for each statement execute function audit_statement(%L, %L, %L)', of.tbl, of.keys, of.ignored, of.secret);
    execute format('create trigger audit_changed after update on %I
      referencing old table as old_rows new table as new_rows
      for each statement execute function audit_statement(%L, %L, %L)', of.tbl, of.keys, of.ignored, of.secret);
  end loop;
end $$;

-- Tables that change by themselves all day: what people do to them.
create trigger audit_added after insert on device referencing new table as new_rows
  for each statement execute function audit_statement('device_id', 'last_seen_at', 'token_hash,public_key');
create trigger audit_changed after update of name, branch_id, public_key, token_hash, revoked_at on device
  for each row execute function audit_row('device_id', 'last_seen_at', 'token_hash,public_key');
create trigger audit_changed after update of acknowledged_at on alarm
  for each row execute function audit_row('alarm_id', '', '');
create trigger audit_added after insert on stock_lease referencing new table as new_rows
  for each statement execute function audit_statement('lease_id', 'rev', '');
create trigger audit_changed after update of quantity_base, expires_at, released_by, release_reason on stock_lease
  for each row execute function audit_row('lease_id', 'rev,used_base,live', '');

-- Orders have a trail of their own, their receipts and versions. Who made a mutation, and when by the desk's clock
-- (Unix milliseconds); null of what was judged before there were these columns, or of what nobody has read.
alter table receipt add column user_id uuid;
alter table receipt add column made_at bigint;
create index receipt_judged_at on receipt (judged_at, mutation_id);
create index stock_movement_counted on stock_movement (moved_at, movement_id)
  where kind in ('opening', 'count', 'recovery');
`,
};
