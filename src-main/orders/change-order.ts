/**
 * Amending and cancelling. They also mend: of an order that central has refused they are what stands in its place.
 */
import type { CustomerId } from '../../src-shared/domain/ids.ts';
import type { OrderContent } from '../../src-shared/mutations/order-place.ts';
import { isContent } from '../../src-shared/mutations/registry.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { GivenAmendment, PlaceAnswer } from '../api/desk-services.ts';
import { askedLines } from './asked-lines.ts';
import { freshEnough } from './fact-age.ts';
import { signedInPerson, type OrderDeskParts } from './parts.ts';
import { change, headOf, type Change } from './write-change.ts';
import { spokenAnswer } from './write-down.ts';

/** @throws AppError INPUT, NOT_FOUND, NOT_ENROLLED, SIGNED_OUT, DISK_FULL. */
export function amendOrder(parts: OrderDeskParts, given: GivenAmendment, language: Language): PlaceAnswer {
  const answer = change(parts, given, (ground, occasion) => ({
    name: 'order.amend',
    args: {
      ...(freshEnough(parts, given.customerId ?? ground.shown.customerId).confirm ? { oldFacts: true } : {}),
      ...headOf(ground, occasion),
      customerId: (given.customerId ?? ground.shown.customerId) as CustomerId,
      note: given.note ?? ground.shown.note,
      ...((given.approval ?? ground.shown.creditReview) === true ? { approval: true } : {}),
      // As in placing: judged as it was typed, and sent with the prices that the rulebook found.
      lines: askedLines(given.lines) as OrderContent['lines'],
      baseVersion: ground.baseVersion,
    },
  }));
  return spokenAnswer(answer, language);
}

/** @throws AppError INPUT, NOT_FOUND, NOT_ENROLLED, SIGNED_OUT, DISK_FULL. */
export function cancelOrder(
  parts: OrderDeskParts,
  given: { orderId: string; reason: string },
  language: Language,
): PlaceAnswer {
  const answer = change(parts, given, (ground, occasion) => ({
    name: 'order.cancel',
    args: {
      ...headOf(ground, occasion),
      customerId: ground.shown.customerId,
      baseVersion: ground.baseVersion,
      reason: given.reason,
    },
  }));
  return spokenAnswer(answer, language);
}

/**
 * Takes over a refused change, to the letter: its lines with the prices that the customer was told, its reason. For what
 * was signed by somebody who may no longer.
 *
 * @throws AppError NOT_ALLOWED for a clerk; NOT_FOUND when nothing of the order is refused; and as amending does. A
 *         price that has changed since is an issue: nobody accepts it without having seen it.
 */
export function approveOrder(parts: OrderDeskParts, given: { orderId: string }, language: Language): PlaceAnswer {
  if (signedInPerson(parts).role === 'clerk') throw new AppError({ code: 'NOT_ALLOWED', retry: 'never' });
  const answer = change(parts, given, (ground, occasion) => {
    const refused = ground.last;
    if (refused?.state !== 'refused' || !refused.content) {
      throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: 'refused change' });
    }
    const { intent } = refused.content;
    const { baseVersion } = ground;
    const head = { ...headOf(ground, occasion), customerId: intent.args.customerId, baseVersion };
    if (!isContent(intent)) return { ...intent, args: { ...intent.args, ...head } } as Change;
    const { note, approval, oldFacts, lines } = intent.args;
    return {
      name: 'order.amend',
      args: { ...head, note, ...(approval ? { approval } : {}), ...(oldFacts ? { oldFacts } : {}), lines },
    };
  });
  return spokenAnswer(answer, language);
}
