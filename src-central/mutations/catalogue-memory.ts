/**
 * What this node remembers of products and their list prices from one batch to the next: the same few thousand are
 * ordered all day, and reading them again was a sixth of a push.
 *
 * Guarantees: a batch is judged by the catalogue of its own snapshot. The version is read in that snapshot and moves
 * with every change (migration 0002), and what was remembered under another version is not used.
 */
import type { ProductFacts } from '../../src-shared/domain/order-facts.ts';
import type { PriceCandidate } from '../../src-shared/domain/price-list.ts';
import { CATALOGUE_MEMORY_PRODUCTS } from '../limits.ts';

export interface RememberedProduct {
  facts: ProductFacts;
  /** On the base list. */
  prices: PriceCandidate[];
}

export class CatalogueMemory {
  #version: number | undefined;
  #products = new Map<string, RememberedProduct>();

  /** The products remembered of a version; what the caller adds is remembered under it, too. */
  at(version: number): Map<string, RememberedProduct> {
    if (version !== this.#version || this.#products.size > CATALOGUE_MEMORY_PRODUCTS) {
      this.#version = version;
      // A new map: a batch that still judges by the older version keeps its own.
      this.#products = new Map();
    }
    return this.#products;
  }
}
