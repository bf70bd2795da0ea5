/** A number that every change of products and prices moves, so that a node can know what it remembers to be current. */
import type { Migration } from '../migration.ts';

export const catalogueVersion: Migration = {
  name: '0002-catalogue-version',
  sql: `
create table catalogue_version (
  only_row boolean primary key default true check (only_row),
  version bigint not null default 0
);
insert into catalogue_version default values;

-- By trigger: also what is changed by hand, past every program, is noticed.
create function move_catalogue_version() returns trigger language plpgsql as $$
begin
  update catalogue_version set version = version + 1;
  return null;
end $$;

create trigger product_moves_version after insert or update or delete or truncate on product
  for each statement execute function move_catalogue_version();
create trigger price_moves_version after insert or update or delete or truncate on price
  for each statement execute function move_catalogue_version();
create trigger price_list_moves_version after insert or update or delete or truncate on price_list
  for each statement execute function move_catalogue_version();
`,
};
