/** Taking an order a step further: its review, what leaves, what comes back. */
import type { OrderHead } from '../../src-shared/mutations/order-steps.ts';
import type { StepIntent } from '../../src-shared/mutations/registry.ts';
import { AppError } from '../../src-shared/protocol/app-error.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { GivenStep, PlaceAnswer } from '../api/desk-services.ts';
import type { OrderDeskParts } from './parts.ts';
import { change, headOf } from './write-change.ts';
import { spokenAnswer } from './write-down.ts';

/** @throws AppError INPUT, NOT_FOUND, NOT_ENROLLED, SIGNED_OUT, DISK_FULL. */
export function stepOrder(parts: OrderDeskParts, given: GivenStep, language: Language): PlaceAnswer {
  const answer = change(parts, given, (ground, occasion) => {
    const { customerId } = ground.shown;
    const head = { ...headOf(ground, occasion), customerId, baseVersion: ground.baseVersion };
    const open = ground.last?.state === 'refused' || ground.supersedes.length > 0;
    if (given.step.do === 'letGo' && !open) {
      throw new AppError({ code: 'NOT_FOUND', retry: 'never', what: 'refused change' });
    }
    return stepIntent(given.step, head);
  });
  return spokenAnswer(answer, language);
}

/** The mutation that says so. Quantities that are no numbers are left for the rules to refuse. */
function stepIntent(step: GivenStep['step'], head: OrderHead): StepIntent {
  switch (step.do) {
    case 'approve':
      return { name: 'order.approve', args: { ...head, review: step.review } };
    case 'ship':
      return { name: 'order.ship', args: { ...head, moved: step.moved, tracking: step.tracking ?? null } };
    case 'return': {
      const { moved, reason, restock, creditMinor = null } = step;
      return { name: 'order.return', args: { ...head, moved, reason, restock, creditMinor } };
    }
    case 'pay':
    case 'refund': {
      const { minor, method, reference, on } = step;
      return { name: `order.${step.do}`, args: { ...head, minor, method, reference, on } };
    }
    case 'voidPayment':
      return { name: 'order.voidPayment', args: { ...head, ofPayment: step.ofPayment, reason: step.reason } };
    case 'reject':
    case 'hold':
    case 'closeRest':
      return { name: `order.${step.do}`, args: { ...head, reason: step.reason } };
    case 'release':
    case 'allocate':
    case 'pick':
    case 'receive':
    case 'complete':
    case 'letGo':
      return { name: `order.${step.do}`, args: head };
  }
}
