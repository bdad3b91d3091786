import fc from 'fast-check';
import type { PaymentView } from './cancellation-store.js';
import { decideClaim, isPartial } from './claim.js';

const modes = ['live', 'paused', 'manual', 'dry-run'] as const;

const payment = (own: Partial<PaymentView> = {}): PaymentView => ({
  sandbox: false,
  seenBefore: true,
  valueInCents: 2300,
  isSettled: false,
  version: 1,
  link: { issuer: 'vault', reference: { cardRequestId: '124125' } },
  ...own,
});

describe('a cancel', () => {
  it('asks the issuer of a linked payment', () => {
    expect(decideClaim(payment(), null, 'live')).toEqual({ kind: 'ask' });
  });

  it('waits while the issuer is paused', () => {
    expect(decideClaim(payment(), null, 'paused')).toEqual({ kind: 'wait' });
  });

  it('waits while the issuer is not configured', () => {
    expect(decideClaim(payment(), null, null)).toEqual({ kind: 'wait' });
  });

  it('goes to people when the issuer is set to manual', () => {
    expect(decideClaim(payment(), null, 'manual')).toEqual({ kind: 'manual', reason: 'mode_manual' });
  });

  it('goes to people when the issuer is set to dry run', () => {
    expect(decideClaim(payment(), null, 'dry-run')).toEqual({ kind: 'manual', reason: 'dry_run' });
  });

  it('is done at once where nothing was ever linked to a payment that we know', () => {
    expect(decideClaim(payment({ link: null }), null, null)).toEqual({ kind: 'cancelled' });
  });

  it('goes to people for a payment of which nobody ever told us', () => {
    expect(decideClaim(null, null, null)).toEqual({ kind: 'manual', reason: 'no_link' });
  });

  it('goes to people for a payment of which only a cancel told us', () => {
    const mark = payment({ seenBefore: false, link: null, valueInCents: null });

    expect(decideClaim(mark, null, null)).toEqual({ kind: 'manual', reason: 'no_link' });
  });

  it('of a settled payment goes to people, also where nothing was linked or only a part is meant', () => {
    const settled = { kind: 'manual', reason: 'already_settled' };

    expect(decideClaim(payment({ isSettled: true }), null, 'live')).toEqual(settled);
    expect(decideClaim(payment({ isSettled: true, link: null }), null, null)).toEqual(settled);
    expect(decideClaim(payment({ isSettled: true }), 1, 'live')).toEqual(settled);
  });

  it('of a part leaves the effect to a later whole one, whatever the issuer is set to', () => {
    for (const mode of [...modes, null]) expect(decideClaim(payment(), 1000, mode)).toEqual({ kind: 'partial' });
    expect(decideClaim(payment({ link: null }), 1000, null)).toEqual({ kind: 'partial' });
  });

  it('asks an issuer only for a linked, unsettled payment that we know, when that issuer is live and the whole is meant', () => {
    const anyPayment = fc.option(
      fc.record({
        sandbox: fc.boolean(),
        seenBefore: fc.boolean(),
        valueInCents: fc.option(fc.nat()),
        isSettled: fc.boolean(),
        version: fc.nat(),
        link: fc.option(fc.constant({ issuer: 'vault', reference: {} })),
      }),
    );
    const anyValue = fc.option(fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e6, noNaN: true })));

    fc.assert(
      fc.property(anyPayment, anyValue, fc.constantFrom(...modes, null), (known, value, mode) => {
        const { kind } = decideClaim(known, value, mode);

        const mayAsk = known?.seenBefore && !known.isSettled && known.link !== null && mode === 'live';
        const maySayCancelled = known?.seenBefore && !known.isSettled && known.link === null;
        if (kind === 'ask') expect(mayAsk && !isPartial(value, known.valueInCents)).toBe(true);
        if (kind === 'cancelled') expect(maySayCancelled && !isPartial(value, known.valueInCents)).toBe(true);
      }),
    );
  });
});

describe('a value', () => {
  it.each([
    ['absent', null, 2300],
    ['of a payment whose value is not known', 1, null],
    ['below zero, of a payment whose value is not known', -1, null],
    ['equal in cents', 2300, 2300],
    ['equal in currency units', 23, 2300],
    ['equal in currency units with cents', 29.9, 2990],
    ['equal in currency units that binary fractions cannot hold', 1.1, 110],
    ['equal in currency units that binary fractions cannot hold, the other way', 0.57, 57],
    ['larger in cents', 2301, 2300],
    ['zero, of a payment of zero', 0, 0],
  ])('%s means the whole', (_, value, known) => {
    expect(isPartial(value, known)).toBe(false);
  });

  it.each([
    ['smaller in cents', 2299, 2300],
    ['smaller in currency units', 22.99, 2300],
    ['of one cent less in currency units', 29.89, 2990],
    ['of zero', 0, 2300],
  ])('%s means a part', (_, value, known) => {
    expect(isPartial(value, known)).toBe(true);
  });
});
