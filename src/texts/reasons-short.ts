import type { ManualReason } from '../manual-cancellations/manual-reason.js';
import type { Text } from './language.js';

/** Why a person must act, in a few words for a row of a table. */
export const shortReasonTexts = {
  'reason-short.already_printed': {
    en: 'card already printed',
    'pt-BR': 'cartão já impresso',
    es: 'tarjeta ya impresa',
  },
  'reason-short.refused_by_issuer': {
    en: 'refused by the issuer',
    'pt-BR': 'recusado pelo emissor',
    es: 'rechazado por el emisor',
  },
  'reason-short.instrument_not_active': {
    en: 'not active at the issuer',
    'pt-BR': 'inativo no emissor',
    es: 'inactivo en el emisor',
  },
  'reason-short.not_found': {
    en: 'unknown to the issuer',
    'pt-BR': 'não encontrado no emissor',
    es: 'no encontrado en el emisor',
  },
  'reason-short.no_link': { en: 'card not known', 'pt-BR': 'cartão não identificado', es: 'tarjeta no identificada' },
  'reason-short.no_answer': {
    en: 'not confirmed by the issuer',
    'pt-BR': 'sem confirmação do emissor',
    es: 'sin confirmación del emisor',
  },
  'reason-short.already_settled': { en: 'already settled', 'pt-BR': 'já liquidado', es: 'ya liquidado' },
  'reason-short.partial': {
    en: 'only a part is cancelled',
    'pt-BR': 'só uma parte cancelada',
    es: 'solo una parte cancelada',
  },
  'reason-short.linked_after_cancel': {
    en: 'card linked late',
    'pt-BR': 'cartão vinculado depois',
    es: 'tarjeta vinculada después',
  },
  'reason-short.late_success': {
    en: 'confirmed after all',
    'pt-BR': 'confirmado mais tarde',
    es: 'confirmado más tarde',
  },
  'reason-short.mode_manual': {
    en: 'issuer set to manual',
    'pt-BR': 'emissor em modo manual',
    es: 'emisor en modo manual',
  },
  'reason-short.dry_run': { en: 'trial run', 'pt-BR': 'modo de ensaio', es: 'modo de ensayo' },
  'reason-short.taken_over': {
    en: 'taken over by a person',
    'pt-BR': 'assumido por uma pessoa',
    es: 'tomado por una persona',
  },
  'reason-short.refund': { en: 'refund by hand', 'pt-BR': 'reembolso manual', es: 'reembolso manual' },
} as const satisfies Readonly<Record<`reason-short.${ManualReason}`, Text>>;
