import type { Text } from './language.js';

/** The page of a development start that shows the mails which no server sends. */
export const outboxTexts = {
  'outbox.intro': {
    en: 'No mail server is set, so these mails stay here until the service stops.',
    'pt-BR': 'Nenhum servidor de e-mail está configurado; estes e-mails ficam aqui até o serviço parar.',
    es: 'No hay servidor de correo configurado; estos correos quedan aquí hasta que el servicio se detenga.',
  },
  'outbox.empty': {
    en: 'No mail yet. Cancel a payment that needs a person, and its notice appears here.',
    'pt-BR': 'Nenhum e-mail ainda. Cancele um pagamento que precise de uma pessoa e o aviso aparece aqui.',
    es: 'Aún no hay correos. Cancele un pago que necesite a una persona y el aviso aparece aquí.',
  },
  'outbox.to': { en: 'To {address}', 'pt-BR': 'Para {address}', es: 'Para {address}' },
} as const satisfies Readonly<Record<string, Text>>;
