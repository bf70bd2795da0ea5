/**
 * A desk's engine for tests: a real file in a folder of its own, a seeded replica, a person with a real signing key,
 * and a clock that moves only when the test says so.
 */
import { fetchLeftOut } from '../../src-main/fill/left-out.ts';
import { createPublicKey, generateKeyPairSync, hash, sign, verify, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceId, IncarnationId, SessionId, UserId } from '../../src-shared/domain/ids.ts';
import { uuidV7 } from '../../src-shared/domain/uuid-v7.ts';
import type { DeskEvent } from '../../src-main/api/desk-services.ts';
import type { DeskIdentity, IdentitySource, Signer } from '../../src-main/identity/identity.ts';
import { createOrderDesk, type OrderDesk } from '../../src-main/orders/order-desk.ts';
import type { Platform } from '../../src-main/platform.ts';
import { applyPage } from '../../src-main/replica/apply-page.ts';
import { openStore } from '../../src-main/store/open-store.ts';
import type { Store } from '../../src-main/store/store.ts';
import {
  BRANCH,
  changesOf,
  pagesOf,
  seededCatalogue,
  seededId,
  seededRandom,
  type Catalogue,
  type CatalogueSize,
} from './seeded-catalogue.ts';

export const EPOCH = 'epoch-1';
/** 2026-03-02, nine in the morning in Shanghai. */
export const START_MS = Date.UTC(2026, 2, 2, 1);

export interface ControlledPlatform extends Platform {
  advance(ms: number): void;
}

/** Ids made from it are unique, and the same in every run. */
export function controlledPlatform(seed = 1, startMs = START_MS): ControlledPlatform {
  const random = seededRandom(seed);
  let nowMs = startMs;
  return {
    now: () => nowMs,
    monotonicNow: () => nowMs - startMs,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256)),
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

export interface MemoryIdentity extends IdentitySource {
  signOut(): void;
  signIn(role?: Signer['role']): void;
  unenrol(): void;
  publicKey: KeyObject;
}

export function memoryIdentity(): MemoryIdentity {
  const { privateKey } = generateKeyPairSync('ed25519');
  const desk: DeskIdentity = {
    deviceId: seededId(20, 0) as DeviceId,
    deviceName: 'Counter 1',
    incarnationId: seededId(21, 0) as IncarnationId,
    incarnationCode: '7K',
    branch: BRANCH,
    currency: 'CNY',
  };
  const signer: Signer = {
    sessionId: seededId(22, 0) as SessionId,
    userId: seededId(23, 0) as UserId,
    displayName: '小王',
    role: 'manager',
    sign: (body) => {
      const bytes = Buffer.from(body, 'utf8');
      return {
        bodyHash: hash('sha256', bytes),
        signature: sign(null, bytes, privateKey).toString('base64'),
      };
    },
  };
  let [enrolled, signedIn] = [true, true];
  return {
    desk: () => (enrolled ? desk : undefined),
    signer: () => (signedIn ? signer : undefined),
    signOut: () => void (signedIn = false),
    signIn: (role = 'manager') => {
      signer.role = role;
      signedIn = true;
    },
    unenrol: () => void (enrolled = false),
    publicKey: createPublicKey(privateKey),
  };
}

/** Whether a body was signed by the key that belongs to a public one. */
export function isSigned(body: string, signature: string, publicKey: KeyObject): boolean {
  return verify(null, Buffer.from(body, 'utf8'), publicKey, Buffer.from(signature, 'base64'));
}

export interface DeskFixture {
  /** The desk's file. */
  file: string;
  store: Store;
  platform: ControlledPlatform;
  identity: MemoryIdentity;
  desk: OrderDesk;
  catalogue: Catalogue;
  /** What the desk announced, oldest first. */
  events: DeskEvent[];
  /** A fresh UUIDv7 for an order. */
  newOrderId(): string;
  /** Closes the file and opens it again, as a restart does. */
  reopen(): void;
  /** Closes the file and removes its folder. */
  dispose(): void;
}

/** A desk that has been filled with a catalogue of the given size. */
export function deskFixture(size: CatalogueSize = {}): DeskFixture {
  const folder = mkdtempSync(join(tmpdir(), 'orderdesk-desk-'));
  const file = join(folder, 'desk.sqlite');
  const platform = controlledPlatform(size.seed ?? 1);
  const identity = memoryIdentity();
  const catalogue = seededCatalogue(size);
  const events: DeskEvent[] = [];
  const notify = (event: DeskEvent): void => void events.push(event);
  const open = (): Pick<DeskFixture, 'store' | 'desk'> => {
    const store = openStore(file, platform);
    return { store, desk: createOrderDesk({ store, identity, platform, notify }) };
  };
  const fixture: DeskFixture = {
    file,
    ...open(),
    platform,
    identity,
    catalogue,
    events,
    newOrderId: () => uuidV7(platform.now(), platform.randomBytes(10)),
    reopen: () => {
      fixture.store.close();
      Object.assign(fixture, open());
    },
    dispose: () => {
      fixture.store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  // A new file, fed by this very version.
  fetchLeftOut(fixture.store);
  for (const page of pagesOf(changesOf(catalogue), { epoch: EPOCH, nowMs: platform.now() }))
    applyPage(fixture.store, page);
  return fixture;
}
