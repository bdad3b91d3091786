import fc from 'fast-check';

/**
 * Each mutant runs the tests anew, thus few cases of each property, and no search for the smallest one that fails. A mutant that only
 * luck would find counts as alive.
 */
fc.configureGlobal({ numRuns: 50, endOnFailure: true });
