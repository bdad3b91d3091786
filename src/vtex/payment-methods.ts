/**
 * The names that VTEX's page of the manifest lists, as they are spelt there. A method that exists must have exactly its name; a merchant's
 * own card goes by its type (`Cobranded`, `Privatelabels`, `Promissories`).
 */
export const knownPaymentMethods: readonly string[] = [
  'Visa',
  'Mastercard',
  'American Express',
  'Discover',
  'JCB',
  'Diners',
  'Elo',
  'Hipercard',
  'Aura',
  'Banricompras',
  'Credz',
  'Cabal',
  'Patagonia 365',
  'Cartes Bancaires (CB)',
  'VirtualDebitElo',
  'Visa Electron',
  'Maestro',
  'Mastercard Debit',
  'Débito Online',
  'Cobranded',
  'Privatelabels',
  'Apple Pay',
  'Google Pay',
  'Promissories',
  'Cash',
  'Pix',
  'Safetypay',
  'BankInvoice',
  'FichaDeposito',
  'Rapipago',
  'OXXO',
  'Voucher',
  'Bitcoin',
  'Venda Direta Credito',
  'Venda Direta Debito',
];

/** What is wrong with a list of method names, as a sentence; null when nothing is. */
export function paymentMethodsFault(names: readonly string[]): string | null {
  if (names.length === 0) return 'must name at least one payment method';
  if (new Set(names.map(withoutStyle)).size < names.length) return 'names a payment method twice';
  for (const name of names) {
    const known = knownPaymentMethods.find((one) => withoutStyle(one) === withoutStyle(name));
    if (known !== undefined && known !== name) return `must spell "${known}" exactly as VTEX does`;
  }
  return null;
}

/** Without case, blanks, accents and signs. */
const withoutStyle = (name: string) =>
  name
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
