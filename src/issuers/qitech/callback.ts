import { createHash, timingSafeEqual } from 'node:crypto';
import { readJsonObject, scrub, textOrNull } from '../issuer-http.js';
import type { CallbackKind, CallbackReading, CallbackRequest } from '../issuer.js';
import type { QitechAccount, QitechShape } from './qitech.js';
import { cardKeyOrNull, isSignedByQitech, md5 } from './wire.js';

/**
 * QI Tech's webhooks ("Configurando webhooks" and "Webhook v2", primeiros_passos): one URL for all types. About a payment instrument there
 * is none; the one about its card is a reason to ask for the instrument, and no more.
 *
 * Signed like our requests, by QI Tech's key. No timestamp is too old: what is sent again after an outage must be heard, and hearing it
 * twice changes nothing.
 */
export const qitechCallback: CallbackKind<QitechShape> = {
  read,
  acknowledgement: { status: 'received' },
  rejection: { title: 'Not accepted' },
};

function read(request: CallbackRequest, account: QitechAccount): CallbackReading {
  if (!isAuthentic(request, account)) return { kind: 'forged' };
  const body = readJsonObject(new TextDecoder().decode(request.body));
  return body === null ? { kind: 'unreadable' } : readEvent(body, account);
}

/** A real one has about 500 characters. */
const MAX_TOKEN_CHARACTERS = 4_096;

/** Two numbers of 66 bytes in base64url. */
const SIGNATURE_CHARACTERS = 176;

/** The signature comes last: checking it takes about a millisecond, the rest next to nothing. */
function isAuthentic(request: CallbackRequest, account: QitechAccount): boolean {
  const { CALLBACK_PUBLIC_KEY: publicKey } = account.settings;
  const token = textOrNull(request.headers.authorization)?.trim() ?? '';
  if (publicKey === undefined || token.length > MAX_TOKEN_CHARACTERS || request.method !== 'POST') return false;
  const [header = '', claims = '', signature = '', ...more] = token.split('.');
  if (signature.length !== SIGNATURE_CHARACTERS || more.length > 0) return false;
  if (decoded(header)?.alg !== 'ES512' || !isMeantForUs(request, account)) return false;
  return (
    areClaimsOf(request, decoded(claims), account) && isSignedByQitech(`${header}.${claims}`, signature, publicKey)
  );
}

const decoded = (part: string) => readJsonObject(Buffer.from(part, 'base64url').toString());

/** The key that names us comes along, though not under the signature; one of somebody else is not for us. */
function isMeantForUs({ headers }: CallbackRequest, { settings }: QitechAccount): boolean {
  const given = headers['api-client-key'];
  if (given === undefined) return true;
  return typeof given === 'string' && timingSafeEqual(sha256(given), sha256(settings.API_CLIENT_KEY.reveal()));
}

/** Of equal length, whatever was given. */
const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** `uri` is not compared: it is the path under which QI Tech knows us, and a proxy in front of us may rewrite it. */
function areClaimsOf(
  { body }: CallbackRequest,
  claims: Readonly<Record<string, unknown>> | null,
  { settings }: QitechAccount,
): boolean {
  if (claims === null || (claims.method !== undefined && claims.method !== 'POST')) return false;
  return !settings.CALLBACK_CHECK_MD5 || textOrNull(claims.payload_md5)?.toLowerCase() === md5(body);
}

/** The pages write `pospaid`; should QI Tech ever mend the word, it is still the same webhook. */
const CARD_WEBHOOK = /^baas\.post?paid_card\.card$/;

function readEvent(body: Readonly<Record<string, unknown>>, { settings }: QitechAccount): CallbackReading {
  const type = wordIn(body, 'webhook_type');
  if (type === null) return { kind: 'unreadable' };
  if (!CARD_WEBHOOK.test(type)) return { kind: 'ignored' };
  // QI Tech asks not to map the fields strictly: they may stand beside the type as well.
  const data = isObject(body.data) ? { ...body, ...body.data } : body;
  const cardKey = cardKeyOrNull(data.card_key);
  const status = wordIn(data, 'status');
  if (cardKey === null || status === null) return { kind: 'unreadable' };
  if (!settings.CARD_CANCELLED_STATUSES.includes(status)) return { kind: 'ignored' };
  const word = scrub(status).slice(0, 100);
  return {
    kind: 'about',
    match: { reference: { cardKey } },
    news: 'check',
    answered: {
      outcome: { kind: 'unknown' },
      evidence: { httpStatus: null, issuerCode: word, issuerText: `card ${word}`, traceId: null },
    },
  };
}

const wordIn = (fields: Readonly<Record<string, unknown>>, name: string) => textOrNull(fields[name])?.trim() || null;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
