import type { Text } from './language.js';

/** States, outcomes of a person's work, kinds of tasks. */
export const stateTexts = {
  'state.open': { en: 'Open', 'pt-BR': 'Aberto', es: 'Abierto' },
  'state.taken': { en: 'Taken', 'pt-BR': 'Em andamento', es: 'En curso' },
  'state.resolved': { en: 'Resolved', 'pt-BR': 'Resolvido', es: 'Resuelto' },
  'state.not-needed': { en: 'No longer needed', 'pt-BR': 'Não é mais necessário', es: 'Ya no es necesario' },
  'kind.whole': { en: 'Cancellation', 'pt-BR': 'Cancelamento', es: 'Cancelación' },
  'kind.partial': { en: 'Partial cancellation', 'pt-BR': 'Cancelamento parcial', es: 'Cancelación parcial' },
  'kind.linked-late': {
    en: 'Cancellation of a card linked late',
    'pt-BR': 'Cancelamento de cartão vinculado depois',
    es: 'Cancelación de tarjeta vinculada después',
  },
  'kind.refund': { en: 'Refund', 'pt-BR': 'Reembolso', es: 'Reembolso' },
  'resolution.cancelled-at-issuer': {
    en: 'Cancelled at the issuer',
    'pt-BR': 'Cancelado no emissor',
    es: 'Cancelado en el emisor',
  },
  'resolution.already-cancelled': {
    en: 'It was already cancelled',
    'pt-BR': 'Já estava cancelado',
    es: 'Ya estaba cancelado',
  },
  'resolution.refunded-instead': {
    en: 'Refunded instead',
    'pt-BR': 'Reembolsado em vez de cancelado',
    es: 'Reembolsado en lugar de cancelado',
  },
  'resolution.cannot-be-cancelled': {
    en: 'Cannot be cancelled',
    'pt-BR': 'Não pode ser cancelado',
    es: 'No se puede cancelar',
  },
  'resolution.not-needed': { en: 'Not needed', 'pt-BR': 'Não era necessário', es: 'No era necesario' },
} as const satisfies Readonly<Record<string, Text>>;
