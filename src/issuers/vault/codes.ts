import { z } from 'zod';
import { type CancelOutcome, type QueryOutcome, type RefusalReason, setting } from '../issuer.js';
import type { CardEntry, ErrorCode } from './wire.js';

/*
 * What Vault's answers mean, as data.
 *
 * Sources: Vault API (api.vault.ist/docs), pages "Cancel Card Request" (read 2026-11-21), the card list of the VISA programme, and the
 * FAQ. They list no error codes, and no status but one, so the rest comes from settings.
 */

/**
 * The only documented error, the example under 400 on every page of the API. Its text apologises for a fault being fixed, and the
 * FAQ takes it as the model of something to report: a server fault, never a refusal, though the page heads it "not found". No
 * setting may map it.
 */
const GENERIC_FAULT = 'COMMON/0';

/** The status of a request in the card list whose card is not made yet; the only documented one. */
export const OPEN_STATUS = 'IN_PROGRESS';

const reasons = [
  'already_printed',
  'refused_by_issuer',
  'instrument_not_active',
  'not_found',
] as const satisfies readonly RefusalReason[];

/** A setting that lists codes, such as `CARD_ISSUED,CARD_BLOCKED/12`: without an `errorId` it means all of that `error`. */
export const codeList = () =>
  setting.list().superRefine((codes, context) => {
    for (const message of codes.flatMap(codeFaults)) context.addIssue({ code: 'custom', message });
  });

/** A setting that gives codes their reasons, such as `{"CARD_ISSUED/12":"already_printed"}`. */
export const codeReasons = () =>
  setting.textMap().transform((map, context): Readonly<Record<string, RefusalReason>> => {
    const isReason = z.enum(reasons);
    const faults = Object.entries(map).flatMap(([code, reason]) => [
      ...codeFaults(code),
      ...(isReason.safeParse(reason).success
        ? []
        : [`gives ${code} the reason ${reason}, which must be one of: ${reasons.join(', ')}`]),
    ]);
    for (const message of faults) context.addIssue({ code: 'custom', message });
    return map as Readonly<Record<string, RefusalReason>>;
  });

/** A setting that lists the statuses of a cancelled request. */
export const cancelledStatuses = () =>
  setting
    .list()
    .transform((statuses) => statuses.map((status) => status.toUpperCase()))
    .refine((statuses) => !statuses.includes(OPEN_STATUS), {
      error: `must not contain ${OPEN_STATUS}: it is Vault's status of a request that is not cancelled`,
    });

function codeFaults(code: string): string[] {
  if (!/^[^\s/,]+(\/-?\d+)?$/.test(code))
    return [`contains ${code}, which must be error or error/errorId, such as CARD_ISSUED or CARD_ISSUED/12`];
  if (code === GENERIC_FAULT || `${code}/0` === GENERIC_FAULT)
    return [`must not contain ${code}: ${GENERIC_FAULT} is Vault's general server fault and tells nothing of the card`];
  return [];
}

/** What each code that the settings name means. */
export type MappedCodes = ReadonlyMap<string, CancelOutcome>;

export function mapCodes(settings: {
  readonly ALREADY_CODES: readonly string[];
  readonly FINAL_CODES: Readonly<Record<string, RefusalReason>>;
  readonly RETRY_CODES: readonly string[];
}): MappedCodes {
  const outcomes: readonly (readonly [string, CancelOutcome])[] = [
    ...unique(settings.ALREADY_CODES).map((code) => [code, { kind: 'already-cancelled' }] as const),
    // Plain: a second cancel may be refused with the same code as any other wrong state, so it may echo our own success.
    ...Object.entries(settings.FINAL_CODES).map(
      ([code, reason]) => [code, { kind: 'refused', reason, certainty: 'plain' }] as const,
    ),
    ...unique(settings.RETRY_CODES).map((code) => [code, { kind: 'retry', when: 'at-once' }] as const),
  ];
  const mapped = new Map<string, CancelOutcome>();
  for (const [code, outcome] of outcomes) mapped.set(code, mapped.has(code) ? contradiction(code) : outcome);
  return mapped;
}

const unique = (codes: readonly string[]) => [...new Set(codes)];

const contradiction = (code: string): CancelOutcome => ({
  kind: 'unknown',
  alert: `answers ${code}, which stands in more than one of ALREADY_CODES, FINAL_CODES and RETRY_CODES`,
});

/** What the settings say of this code, the one with the `errorId` first; null when they do not name it. */
export function mappedOutcome(mapped: MappedCodes, { error, errorId }: ErrorCode): CancelOutcome | null {
  if (error === null) return null;
  return mapped.get(`${error}/${errorId}`) ?? mapped.get(error) ?? null;
}

/** How a card request stands in the card list. */
export type Standing = 'cancelled' | 'open' | 'issued' | 'unclear';

export function standingOf({ status, card }: CardEntry, cancelled: readonly string[]): Standing {
  const isCancelled = status !== null && cancelled.includes(status);
  // Cancelled and yet with a card contradicts itself: the card may be alive.
  if (isCancelled) return card === 'none' ? 'cancelled' : 'unclear';
  if (card === 'issued') return 'issued';
  return card === 'none' && status === OPEN_STATUS ? 'open' : 'unclear';
}

/** What a standing means, but for `cancelled`, where it matters what was tried before. */
export const standings = {
  open: { kind: 'not-cancelled' },
  // The order is fulfilled. Cancelling an issued card is another operation at Vault.
  issued: { kind: 'refused', reason: 'refused_by_issuer' },
  unclear: {
    kind: 'unknown',
    alert: 'lists the card request in a way that no setting explains; see its status and CANCELLED_STATUSES',
  },
} as const satisfies Record<Exclude<Standing, 'cancelled'>, QueryOutcome>;
