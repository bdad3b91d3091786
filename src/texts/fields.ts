import type { Text } from './language.js';

/** What the fields of issuers' references are called in their portals; a field without a text is shown by its own name. */
export const fieldTexts = {
  'field.cardRequestId': {
    en: 'Card request number',
    'pt-BR': 'Número da solicitação de cartão',
    es: 'Número de la solicitud de tarjeta',
  },
  'field.userKey': { en: 'User key', 'pt-BR': 'Chave do usuário', es: 'Clave del usuario' },
  'field.cardId': { en: 'Card id', 'pt-BR': 'Id do cartão', es: 'Id de la tarjeta' },
  'field.adminNumber': { en: 'Account number', 'pt-BR': 'Número da conta', es: 'Número de cuenta' },
  'field.cardSequenceNumber': {
    en: 'Card sequence number',
    'pt-BR': 'Número de sequência do cartão',
    es: 'Número de secuencia de la tarjeta',
  },
  'field.walletKey': { en: 'Wallet key', 'pt-BR': 'Chave da carteira', es: 'Clave de la billetera' },
  'field.paymentInstrumentKey': {
    en: 'Payment instrument key',
    'pt-BR': 'Chave do instrumento de pagamento',
    es: 'Clave del instrumento de pago',
  },
  'field.cardKey': { en: 'Card key', 'pt-BR': 'Chave do cartão', es: 'Clave de la tarjeta' },
} as const satisfies Readonly<Record<string, Text>>;
