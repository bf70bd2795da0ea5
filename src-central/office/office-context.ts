/** What the office works with. */
import type { CentralDb } from '../db/schema.ts';
import type { Epoch } from '../identity/epoch.ts';
import type { User } from '../identity/sign-in.ts';
import type { CatalogueMemory } from '../mutations/catalogue-memory.ts';

export interface OfficeContext {
  db: CentralDb;
  epoch: Epoch;
  catalogue: CatalogueMemory;
  /** Who decides. That this person may is the caller's to have checked for the branch. */
  user: User;
  logFault: (error: unknown) => string;
  /** Told the id of every transaction that was committed. */
  committed: (xid: string) => void;
}
