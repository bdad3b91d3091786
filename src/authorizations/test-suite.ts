import type { TestSuiteScript } from '../vtex/test-suite-script.js';

/** What an answer shows while a scripted payment is undefined. */
interface Shown {
  readonly paymentUrl: string | null;
  readonly extra?: Readonly<Record<string, string>>;
}

interface Script {
  /** What the payment is in the end. */
  readonly ends: 'approved' | 'denied';
  /** It is undefined at first, and VTEX is told of the end by a call. */
  readonly isLater: boolean;
  shows(paymentId: string, publicUrl: string): Shown;
}

/** The suite waits 15 s for the call. */
export const SCRIPT_DELAY_MS = 2_000;

const nothing = (): Shown => ({ paymentUrl: null });

/** The page says in words that this payment is a script. */
export const pageFor = (paymentId: string, publicUrl: string): string =>
  `${publicUrl}/test-suite/payments/${encodeURIComponent(paymentId)}`;

/** A slip that no bank takes. */
const slip = {
  identificationNumber: '0'.repeat(47),
  identificationNumberFormatted: '00000.00000 00000.000000 00000.000000 0 00000000000000',
  barCodeImageType: 'i25',
  barCodeImageNumber: '0'.repeat(44),
};

/** How payments of VTEX's Test Suite go, for a merchant that is made for it. */
export const scripts: Readonly<Record<TestSuiteScript, Script>> = {
  approved: { ends: 'approved', isLater: false, shows: nothing },
  denied: { ends: 'denied', isLater: false, shows: nothing },
  'approved-later': { ends: 'approved', isLater: true, shows: nothing },
  'denied-later': { ends: 'denied', isLater: true, shows: nothing },
  'bank-slip': {
    ends: 'approved',
    isLater: true,
    shows: (paymentId, publicUrl) => ({ paymentUrl: pageFor(paymentId, publicUrl), extra: slip }),
  },
  // `redirectUrl` is the deprecated name, which the suite's own description still uses.
  redirect: {
    ends: 'approved',
    isLater: true,
    shows: (paymentId, publicUrl) => {
      const page = pageFor(paymentId, publicUrl);
      return { paymentUrl: page, extra: { redirectUrl: page } };
    },
  },
};
