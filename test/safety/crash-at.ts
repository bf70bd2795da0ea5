/**
 * One step of keeping or restoring a desk's file, ended by SIGKILL at the place that is named:
 *
 *     crash-at.ts DATA_DIR orders|whole|restore STEP
 *     crash-at.ts DATA_DIR migrate
 *
 * `migrate` runs a migration that takes its time; whoever started it ends it.
 */
import { REPLICA_MIGRATIONS } from '../../migrations/replica/all.ts';
import { systemPlatform } from '../../src-main/hosts/system-platform.ts';
import { openDeskFile } from '../../src-main/restore/open-desk-file.ts';
import { copyOrders } from '../../src-main/safety/copy-orders.ts';
import { copyWhole } from '../../src-main/safety/copy-whole.ts';
import { copyPath, deskFolder } from '../../src-main/safety/desk-folder.ts';
import { makeFolder } from '../../src-main/safety/durable-files.ts';

/** Long enough that it never ends before it is killed, in one transaction like every migration. */
const SLOW = {
  name: '9999-slow',
  sql: `create table slow (n integer primary key, text text not null) strict;
    insert into slow
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 20000000)
    select n, hex(randomblob(40)) from numbers`,
};

const [dataDir = '', what = '', wanted = ''] = process.argv.slice(2);
const folder = deskFolder(dataDir);
const at = (step: string): void => {
  if (step === wanted) process.kill(process.pid, 'SIGKILL');
};
const options = { dataDir, platform: systemPlatform, warn: () => undefined };

makeFolder(folder.backups);
const now = systemPlatform.now();
if (what === 'orders') copyOrders({ file: folder.file, path: copyPath(folder, 'orders', now), at });
else if (what === 'whole') await copyWhole({ file: folder.file, path: copyPath(folder, 'whole', now), at });
else if (what === 'restore') await openDeskFile({ ...options, at });
else await openDeskFile({ ...options, migrations: [...REPLICA_MIGRATIONS, SLOW] });
