import type { Attempt } from '../../src/cancellations/cancellation.js';

/** What a row of an attempt says of an exchange of which nothing is known but that it began. */
export const blankAttempt: Omit<Attempt, 'attemptNo' | 'kind' | 'startedAt'> = {
  outcome: null,
  reason: null,
  certainty: null,
  retryWhen: null,
  retryAt: null,
  taskId: null,
  httpStatus: null,
  issuerCode: null,
  endedAt: null,
};
