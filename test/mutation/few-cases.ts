import fc from 'fast-check';

/** Each mutant runs the tests anew, thus few cases of each property; a mutant that only luck would find counts as alive. */
fc.configureGlobal({ numRuns: 20, interruptAfterTimeLimit: 50 });
