import type { Check } from '../check.js';
import { answerChecks } from './answers.js';
import { badRequestChecks } from './bad-requests.js';
import { callbackChecks } from './callbacks.js';
import { credentialChecks } from './credentials.js';
import { leniencyChecks } from './lenient.js';
import { lifeChecks } from './life.js';
import { repeatChecks } from './repeats.js';
import { suiteChecks } from './suite.js';
import { transportChecks } from './transport.js';

/** In the order in which they run: those that look at all answers are the last. */
export const allChecks: readonly Check[] = [
  ...suiteChecks,
  ...callbackChecks,
  ...repeatChecks,
  ...lifeChecks,
  ...credentialChecks,
  ...badRequestChecks,
  ...leniencyChecks,
  ...transportChecks,
  ...answerChecks,
];
