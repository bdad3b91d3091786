/** A bug planted on purpose, and who must find it. A checker that never failed proves nothing. */
export interface Sabotage {
  readonly name: string;
  /** The promise that it breaks, by its number in docs/reliability.md. */
  readonly breaks: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  readonly edits: readonly Edit[];
  readonly foundBy: FoundBy;
}

/** Replaces a text that stands in the file exactly once, so that this list cannot rot unnoticed. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface FoundBy {
  readonly spec: string;
  /** The tests of it that are run; all when absent. */
  readonly tests?: string;
}

const simulation: FoundBy = { spec: 'test/faults/simulation.spec.ts', tests: 'that nobody has seen' };
const onPostgres: FoundBy = { spec: 'test/faults/simulation-on-postgres.spec.ts' };

const nextStep = 'src/cancellations/next-step.ts';
const decide = 'src/cancellations/decide.ts';
const worth = 'src/cancellations/callback-worth.ts';
const claim = 'src/cancellations/claim.ts';
const store = 'src/cancellations/cancellation-store.ts';
const service = 'src/cancellations/cancellation-service.ts';
const progress = 'src/cancellations/cancellation-progress.ts';
const record = 'src/cancellations/cancellation-record.ts';
const vault = 'src/issuers/vault/vault.ts';

const one = (file: string, find: string, replace: string): readonly Edit[] => [{ file, find, replace }];

export const sabotages: readonly Sabotage[] = [
  // What is decided.
  {
    name: 'a time-out is read as cancelled',
    breaks: 1,
    edits: one(
      'src/cancellations/cancellation.ts',
      "outcome === 'cancelled' || outcome === 'already-cancelled'",
      "outcome === 'cancelled' || outcome === 'already-cancelled' || outcome === 'unknown'",
    ),
    foundBy: simulation,
  },
  {
    name: 'a payment never seen counts as having nothing to cancel',
    breaks: 1,
    edits: one(
      claim,
      "if (!payment?.seenBefore) return { kind: 'manual', reason: 'no_link' };",
      "if (!payment?.seenBefore) return { kind: 'cancelled' };",
    ),
    foundBy: simulation,
  },
  {
    name: "CoreCard's webhook is proof without a cancel of ours that ended unknown",
    breaks: 1,
    edits: one(worth, 'if (mayBeOurs && isOnlyOne)', 'if (isOnlyOne)'),
    foundBy: simulation,
  },
  {
    name: 'a webhook is proof for every payment that it fits',
    breaks: 1,
    edits: one(worth, 'if (mayBeOurs && isOnlyOne)', 'if (mayBeOurs)'),
    foundBy: simulation,
  },
  {
    name: 'a settled payment is cancelled',
    breaks: 2,
    edits: one(claim, "if (payment.isSettled) return { kind: 'manual', reason: 'already_settled' };", ''),
    foundBy: simulation,
  },
  {
    name: 'sent again after a time-out without asking',
    breaks: 2,
    edits: one(
      nextStep,
      "return rules.resend.kind === 'allowed' || queriesAllow(doubt, attempts, rules, rules.resend);",
      'return true;',
    ),
    foundBy: simulation,
  },
  {
    name: 'Vault is sent a second cancel after one query',
    breaks: 2,
    edits: one(vault, 'queries: 2,', 'queries: 1,'),
    foundBy: simulation,
  },
  {
    name: 'Vault is sent a second cancel while VTEX waits',
    breaks: 2,
    edits: one(vault, 'insideBudget: false,', 'insideBudget: true,'),
    foundBy: simulation,
  },
  {
    name: 'the quiet time before a second cancel is ignored',
    breaks: 2,
    edits: one(
      nextStep,
      'return lastQuery.startedAt.getTime() - quietSince >= rule.quietMs(rules.timeoutMs);',
      'return quietSince > 0;',
    ),
    foundBy: simulation,
  },
  {
    name: 'what the issuer is at work on is sent again',
    breaks: 2,
    edits: one(nextStep, 'if (maySend(rules) && !isPending(attempts) && (', 'if (maySend(rules) && ('),
    foundBy: simulation,
  },
  {
    name: 'more than three cancels may end unknown',
    breaks: 2,
    edits: one(nextStep, 'const MOST_UNKNOWN_CANCELS = 3;', 'const MOST_UNKNOWN_CANCELS = 9;'),
    foundBy: simulation,
  },
  {
    name: "an issuer's wish for a pause is ignored",
    breaks: 2,
    edits: one(nextStep, 'cancel.retryAt?.getTime() ?? 0);', '0);'),
    foundBy: simulation,
  },
  {
    name: 'a callback decides while a call is under way',
    breaks: 2,
    edits: one(decide, "if (state === 'asking' && version !== ownVersion) return { kind: 'stay' };", ''),
    foundBy: simulation,
  },
  {
    name: 'a person is asked, and then it is tried again',
    breaks: 4,
    edits: one(decide, "if (state === 'manual') return { kind: 'stay' };", ''),
    foundBy: simulation,
  },
  {
    name: 'a time-out goes to a person at once',
    breaks: 4,
    edits: one(
      nextStep,
      'const wish = nextWish(history, rules, now);',
      "if (attempts.at(-1)?.outcome === 'unknown') return { kind: 'manual', reason: 'no_answer' };\n  const wish = nextWish(history, rules, now);",
    ),
    foundBy: simulation,
  },
  {
    name: 'a refusal that may echo our own success is final',
    breaks: 4,
    edits: one(
      nextStep,
      'return attempts.some((earlier) => isUnknownCancel(earlier)',
      'return [].some((earlier: Attempt) => isUnknownCancel(earlier)',
    ),
    foundBy: simulation,
  },
  {
    name: 'given up without a last look',
    breaks: 4,
    edits: one(nextStep, 'return lastCheck(attempts, rules, giveUpAt) ?? { kind', 'return { kind'),
    foundBy: simulation,
  },
  {
    name: 'given up although a callback may come',
    breaks: 4,
    edits: one(nextStep, 'return !rules.canQuery && !callbackCan && !sendCan;', 'return !rules.canQuery;'),
    foundBy: simulation,
  },
  {
    name: 'what the issuer may have done goes to people when an operator says so',
    breaks: 4,
    edits: one(nextStep, 'if (toPeople && isSurelyUndone(attempts))', 'if (toPeople)'),
    foundBy: simulation,
  },
  {
    name: 'never given up',
    breaks: 5,
    edits: one(nextStep, 'if (now >= giveUpAt) return', 'if (attempts.length < 0) return'),
    foundBy: simulation,
  },
  {
    name: 'a proof that comes after cancel-manually is thrown away',
    breaks: 5,
    edits: one(
      decide,
      "if (state === 'cancelled') return { kind: 'stay' };",
      "if (state === 'cancelled' || state === 'manual') return { kind: 'stay' };",
    ),
    foundBy: simulation,
  },
  {
    name: 'a callback that comes while the call is under way is dropped',
    breaks: 5,
    edits: one(worth, "return 'later';", "return 'nothing';"),
    foundBy: simulation,
  },
  {
    name: 'the stand-down is forgotten',
    breaks: 6,
    edits: one(decide, "standsDown: state === 'manual'", 'standsDown: false'),
    foundBy: simulation,
  },

  // What SQL and the loops around it hold.
  {
    name: 'a second claim takes the effect over',
    breaks: 2,
    edits: one(
      store,
      'on conflict on constraint cancellations_pk do nothing',
      'on conflict on constraint cancellations_pk do update set cancellation_id = excluded.cancellation_id',
    ),
    foundBy: onPostgres,
  },
  {
    name: 'the call is made and not written down before',
    breaks: 2,
    edits: one(
      store,
      "insert into attempts (merchant_id, payment_id, attempt_no, kind) select merchant_id, payment_id, 1, 'cancel' from effect",
      "insert into attempts (merchant_id, payment_id, attempt_no, kind) select merchant_id, payment_id, 1, 'cancel' from effect where false",
    ),
    foundBy: onPostgres,
  },
  {
    name: 'recorded as cancelled before the issuer has answered',
    breaks: 1,
    edits: one(
      progress,
      'const finding = await this.#exchange(account, attempt, { key, reference, attempts: [] });',
      "void this.#exchange(account, attempt, { key, reference, attempts: [] });\n    const finding: Finding = { outcome: 'cancelled', evidence: { httpStatus: 200, issuerCode: null, issuerText: null, traceId: null } };",
    ),
    foundBy: onPostgres,
  },
  {
    name: 'a lease is taken over before it has expired',
    breaks: 2,
    edits: [
      { file: progress, find: 'if (cancellation.leaseUntil && cancellation.leaseUntil > now) return;', replace: '' },
      {
        file: record,
        find: '|| !cancellation.leaseUntil || cancellation.leaseUntil > now) return;',
        replace: ') return;',
      },
    ],
    foundBy: onPostgres,
  },
  {
    name: 'an expired lease is never taken over',
    breaks: 5,
    edits: one(progress, 'await this.record.takeOver(key);\n        continue;', 'return;'),
    foundBy: onPostgres,
  },
  {
    name: 'the answer after a restart of the work is another cancellationId',
    breaks: 3,
    edits: one(
      service,
      'answers.cancelled(request, cancellation.cancellationId)',
      'answers.cancelled(request, newCancellationId())',
    ),
    foundBy: onPostgres,
  },
  {
    name: 'an answer is rendered again instead of stored',
    breaks: 3,
    edits: [
      { file: service, find: 'if (seen?.answer) return seen.answer;', replace: '' },
      { file: service, find: 'if (seen.answer) {', replace: 'if (seen.answer && seen.partial) {' },
      { file: service, find: 'return seen?.answer ?? null;', replace: 'return seen ? answer : null;' },
    ],
    foundBy: onPostgres,
  },
  {
    name: 'the answer that was given is not stored',
    breaks: 3,
    edits: one(service, 'if (await this.store.freezeAnswer(request, answer, state)) {', 'if (state) {'),
    foundBy: onPostgres,
  },
  {
    name: 'a forged callback is believed',
    breaks: 7,
    edits: one(
      'src/issuers/artha/callback.ts',
      "if (signed === null || !isGenuine(signed, signature, publicKey)) return { kind: 'forged' };",
      'void isGenuine;',
    ),
    foundBy: onPostgres,
  },
  {
    name: 'a callback that comes twice counts twice',
    breaks: 2,
    edits: one(
      store,
      'on conflict on constraint issuer_callbacks_pk do nothing',
      'on conflict on constraint issuer_callbacks_pk do update set processed_at = null',
    ),
    foundBy: onPostgres,
  },
  {
    name: 'a person is told of the same task twice',
    breaks: 6,
    edits: one(
      'src/manual-cancellations/manual-cancellations.ts',
      "await this.notify(sql, key, takenBy === null ? 'manual_required' : 'taken');",
      "await this.notify(sql, key, takenBy === null ? 'manual_required' : 'taken');\n    await this.notify(sql, key, takenBy === null ? 'manual_required' : 'taken');",
    ),
    foundBy: onPostgres,
  },
  {
    name: 'a person is not told that nothing is left to do',
    breaks: 6,
    edits: one(record, 'return move.standsDown ? this.#standDown(sql, key) : undefined;', 'return;'),
    foundBy: onPostgres,
  },
  {
    name: 'no notice of a manual cancellation is written',
    breaks: 6,
    edits: one(record, "await this.manual.open(sql, { ...key, kind: 'whole', reason: move.reason });", ''),
    foundBy: onPostgres,
  },
  {
    name: 'an answer that comes after its lease was taken over is not recorded',
    breaks: 5,
    edits: one(
      store,
      'trace_id = $13, ended_at = now()\n   where merchant_id = $1 and payment_id = $2 and attempt_no = $3',
      'trace_id = $13, ended_at = now()\n   where merchant_id = $1 and payment_id = $2 and attempt_no = $3 and outcome is null',
    ),
    foundBy: onPostgres,
  },
  {
    name: 'a cancel is begun although the payment is final',
    breaks: 4,
    edits: one(
      store,
      'where merchant_id = $1 and payment_id = $2 and version = $3 and lease_until is null and finished_at is null\n     returning merchant_id, payment_id, version',
      'where merchant_id = $1 and payment_id = $2\n     returning merchant_id, payment_id, version',
    ),
    foundBy: onPostgres,
  },
  {
    name: 'the sweeper does not look for calls that were lost',
    breaks: 5,
    edits: one(store, "where state in ('asking', 'waiting') and coalesce", "where state = 'waiting' and coalesce"),
    foundBy: onPostgres,
  },
];
