// Goal: what a customer may owe is decided as a trader would. Method: examples at each edge.
import { describe, expect, it } from 'vitest';
import { DEFAULT_CREDIT, judgeCredit, type CreditPolicy, type CreditQuestion } from './credit-rules.ts';

const ACCOUNT = { currency: 'CNY' as const, due: [], onOrderMinor: 0 };

function ask(more: Partial<CreditQuestion> & { limitMinor?: number | null } = {}) {
  const { limitMinor = 10_000, ...of } = more;
  return judgeCredit({
    credit: { terms: { days: 30, limitMinor }, account: ACCOUNT },
    hold: undefined,
    policy: DEFAULT_CREDIT,
    order: { totalMinor: 10_000, currency: 'CNY', businessDate: '2026-06-15' },
    grantedMinor: 0,
    approval: false,
    severity: 'error',
    ...of,
  });
}

const policy = (more: Partial<CreditPolicy>): CreditPolicy => ({ ...DEFAULT_CREDIT, ...more });
const NOTHING = { issues: [], review: false };

describe('the limit', () => {
  const open = { terms: { days: 30, limitMinor: 10_000 }, account: { ...ACCOUNT, onOrderMinor: 1 } };

  it('may be reached and not passed', () => {
    expect(ask()).toEqual(NOTHING);
    expect(ask({ credit: open }).issues).toEqual([
      {
        code: 'credit.exceeded',
        path: ['customerId'],
        params: { limitMinor: 10_000, usedMinor: 1, totalMinor: 10_000, shortMinor: 1, currency: 'CNY' },
        severity: 'error',
        repairs: [{ kind: 'askApproval' }],
      },
    ]);
  });

  it('is none where there is none, and none for an order in other money', () => {
    expect(ask({ limitMinor: null, order: { totalMinor: 1e12, currency: 'CNY', businessDate: '2026-06-15' } })).toEqual(
      NOTHING,
    );
    expect(ask({ credit: open, order: { totalMinor: 1e12, currency: 'GBP', businessDate: '2026-06-15' } })).toEqual(
      NOTHING,
    );
    expect(ask({ credit: undefined })).toEqual(NOTHING);
  });

  it('is let be when somebody is asked to look at it', () => {
    expect(ask({ credit: open, approval: true })).toEqual({ issues: [], review: true });
    expect(ask({ approval: true })).toEqual(NOTHING);
  });

  it('is a doubt on a desk, and no more than that where the house only wants to know', () => {
    expect(ask({ credit: open, severity: 'warning' }).issues).toMatchObject([{ severity: 'warning' }]);
    const told = ask({ credit: open, policy: policy({ overLimit: 'warn' }) });
    expect(told).toMatchObject({ issues: [{ severity: 'warning', repairs: [] }], review: false });
  });

  it('names whom to ask where asking for approval is of no use', () => {
    const refused = ask({ credit: open, approval: true, policy: policy({ overLimit: 'refuse' }) });
    expect(refused).toMatchObject({ issues: [{ severity: 'error', params: { ask: 'manager' }, repairs: [] }] });
  });

  it('is not asked about again where an order asks for no more than was granted', () => {
    expect(ask({ credit: open, grantedMinor: 10_000 })).toEqual(NOTHING);
    expect(ask({ credit: open, grantedMinor: 9_999 }).issues).toHaveLength(1);
  });
});

describe('what is overdue', () => {
  const late = {
    terms: { days: 30, limitMinor: null },
    account: { ...ACCOUNT, due: [['2026-06-10', 700]] as [string, number][] },
  };

  it('is said, and stops nothing unless the house says so', () => {
    expect(ask({ credit: late })).toMatchObject({
      issues: [
        {
          code: 'credit.overdue',
          severity: 'warning',
          params: { overdueMinor: 700, since: '2026-06-10' },
          repairs: [],
        },
      ],
      review: false,
    });
    expect(ask({ credit: late, policy: policy({ overdue: 'review' }) }).issues).toMatchObject([
      { severity: 'error', repairs: [{ kind: 'askApproval' }] },
    ]);
  });

  it('is so many days late before it counts', () => {
    expect(ask({ credit: late, policy: policy({ graceDays: 4 }) }).issues).toHaveLength(1);
    expect(ask({ credit: late, policy: policy({ graceDays: 5 }) })).toEqual(NOTHING);
  });
});

it('the orders of a customer on hold are taken, and looked at', () => {
  expect(ask({ hold: { kind: 'onHold', reason: 'cheque bounced' } })).toMatchObject({
    issues: [{ code: 'customer.onHold', severity: 'warning', params: { reason: 'cheque bounced' } }],
    review: true,
  });
});
