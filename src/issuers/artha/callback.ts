import { scrub } from '../issuer-http.js';
import type { CallbackKind, CallbackReading, CallbackRequest } from '../issuer.js';
import type { ArthaAccount, ArthaSettings } from './artha.js';
import { isOneOf, meaningOfCallback } from './codes.js';
import { isGenuine, signedFieldsOf, signedText, taskIdOf, withoutSecrets, type SignedField } from './wire.js';

/**
 * Artha's callbacks ("Callback notification", https://docs.artha.work/callback-notification-858485m0): one URL for all events.
 * `operation` tells of freeze, unfreeze and cancel alike and names no card, so the task id is the only link.
 *
 * How they are signed is on no page. Taken to be: Artha's key, by the rule for requests, over the headers timestamp, nonce and
 * customerToken as far as they are there, and the fields of the body. No timestamp is too old: what is sent again after an
 * outage must be heard, and hearing it twice changes nothing.
 */
export const arthaCallback: CallbackKind<ArthaSettings> = {
  read,
  acknowledgement: { code: 0, message: 'success' },
  rejection: { code: 401, message: 'invalid signature' },
};

function read(request: CallbackRequest, account: ArthaAccount): CallbackReading {
  const { CALLBACK_PUBLIC_KEY: publicKey, CALLBACK_UNSIGNED: mayBeUnsigned } = account.settings;
  const signature = headerOf(request, 'signature');
  const isCheckable = publicKey !== undefined && signature !== '' && signature.length <= MAX_SIGNATURE_CHARACTERS;
  if (!isCheckable && !mayBeUnsigned) return { kind: 'forged' };
  const fields = signedFieldsOf(new TextDecoder().decode(request.body));
  if (isCheckable) {
    const signed = fields && signedText([...signedHeaders(request), ...fields], account);
    if (signed === null || !isGenuine(signed, signature, publicKey)) return { kind: 'forged' };
  }
  return fields === null ? { kind: 'unreadable' } : readEvent(fields, account);
}

/** Base64 of a 16,384-bit signature is 2,732 characters; nothing longer is worth a look. */
const MAX_SIGNATURE_CHARACTERS = 2_800;

const signedHeaders = (request: CallbackRequest) =>
  ['timestamp', 'nonce', 'customerToken'].map((name): SignedField => [name, headerOf(request, name)]);

function headerOf({ headers }: CallbackRequest, name: string): string {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' ? value : '';
}

function readEvent(fields: readonly SignedField[], account: ArthaAccount): CallbackReading {
  const event = only(fields, 'notifytype');
  if (event === null) return { kind: 'unreadable' };
  if (!isOneOf(['operation'], event)) return { kind: 'ignored' };
  // The page prints the name with a lower-case L in place of the capital I.
  const taskId = taskIdOf(only(fields, 'taskid', 'taskld') ?? '', account);
  const status = only(fields, 'status');
  if (taskId === null || status === null) return { kind: 'unreadable' };
  const remarks = only(fields, 'remarks');
  return {
    kind: 'about',
    match: { taskId },
    news: 'outcome',
    answered: {
      outcome: meaningOfCallback(status, remarks, account),
      evidence: {
        httpStatus: null,
        issuerCode: scrub(withoutSecrets(status, account)).slice(0, 100),
        issuerText: remarks === null ? null : scrub(withoutSecrets(remarks, account)).slice(0, 500),
        traceId: taskId.slice(0, 200),
      },
    },
  };
}

/** The one value of a field under any spelling of its names (case and underscores do not count); null for none or several. */
function only(fields: readonly SignedField[], ...names: readonly string[]): string | null {
  const values = fields
    .filter(([name]) => names.includes(name.replaceAll('_', '').toLowerCase()))
    .map(([, value]) => value.trim())
    .filter((value) => value !== '');
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : null;
}
