/**
 * `order.amend`: the whole content of an order anew. It also mends a refused placing: it then creates the order, under
 * the number it always had, and supersedes what was refused.
 */
import { z } from 'zod';
import { orderContent, orderContentV1 } from './order-place.ts';
import { firstVersion } from './versions.ts';

/**
 * The version of central's row that the desk had before any of the mutations in `dependsOn`; 0 when there was none.
 * The order must since have moved by exactly those of `dependsOn` that were applied: else somebody else changed it.
 */
export const baseVersion = z.int().nonnegative();

export const orderAmend = firstVersion('order.amend', orderContentV1.extend({ baseVersion })).nextVersion(
  orderContent.extend({ baseVersion }),
  (before) => before,
);
