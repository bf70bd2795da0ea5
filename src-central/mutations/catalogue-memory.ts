/**
 * What this node remembers of products and their list prices from one batch to the next: the same few thousand are
 * ordered all day, and reading them again was a sixth of a push.
 *
 * Guarantees: a batch is judged by the catalogue of its own snapshot. The version is read in that snapshot and moves
 * with every change (migration 0002), and what was remembered under another version is not used.
 */
import type { ProductFacts } from '../../src-shared/domain/order-facts.ts';
import type { PriceCandidate } from '../../src-shared/domain/pricing/choose-price.ts';
import type { CreditPolicy } from '../../src-shared/domain/credit-rules.ts';
import type { ReviewPolicy } from '../../src-shared/domain/lifecycle/reviews.ts';
import type { ManualPricePolicy } from '../../src-shared/domain/policy.ts';
import type { Promotion } from '../../src-shared/domain/pricing/promotion.ts';
import { CATALOGUE_MEMORY_PRODUCTS } from '../limits.ts';

export interface RememberedProduct {
  facts: ProductFacts;
  /** On the base list. */
  prices: PriceCandidate[];
  /** On the lists of customer groups. */
  ofGroups: Map<string, PriceCandidate[]>;
}

/** What the house has decided for all orders. */
export interface HouseRules {
  promotions: readonly Promotion[];
  manualPrices: ManualPricePolicy;
  reviews: ReviewPolicy;
  credit: CreditPolicy;
}

export interface RememberedCatalogue {
  products: Map<string, RememberedProduct>;
  house: HouseRules | undefined;
}

export class CatalogueMemory {
  #version: number | undefined;
  #catalogue: RememberedCatalogue = { products: new Map(), house: undefined };

  /** What is remembered of a version; what the caller adds is remembered under it, too. */
  at(version: number): RememberedCatalogue {
    if (version !== this.#version || this.#catalogue.products.size > CATALOGUE_MEMORY_PRODUCTS) {
      this.#version = version;
      // A new one: a batch that still judges by the older version keeps its own.
      this.#catalogue = { products: new Map(), house: undefined };
    }
    return this.#catalogue;
  }
}
