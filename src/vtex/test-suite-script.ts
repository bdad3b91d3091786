/**
 * How a payment of VTEX's Test Suite goes: `…-later`, a bank slip and a redirect are undefined at first, and become final soon after.
 */
export type TestSuiteScript = 'approved' | 'denied' | 'approved-later' | 'denied-later' | 'bank-slip' | 'redirect';

/** The suite's own cards. They are known numbers of no card. */
const byCard: Readonly<Record<string, TestSuiteScript>> = {
  '4444333322221111': 'approved',
  '4444333322221112': 'denied',
  '4222222222222224': 'approved-later',
  '4222222222222225': 'denied-later',
};

const bankSlips = ['BankInvoice', 'FichaDeposito'];

/**
 * The script that a create of the suite asks for; null for a card that is none of the suite's.
 *
 * @param cardNumber used here alone, and kept nowhere; null where the method has no card
 * @see https://help.vtex.com/docs/tutorials/payment-provider-protocol, Payment Provider Test Suite
 */
export function scriptFor(cardNumber: string | null, paymentMethod: string | null): TestSuiteScript | null {
  const digits = cardNumber?.replace(/[\s-]/g, '') ?? '';
  if (Object.hasOwn(byCard, digits)) return byCard[digits] ?? null;
  if (bankSlips.includes(paymentMethod ?? '')) return 'bank-slip';
  return digits === '' ? 'redirect' : null;
}
