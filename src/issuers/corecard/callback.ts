import { createHash, timingSafeEqual } from 'node:crypto';
import { scrub } from '../issuer-http.js';
import type { Account, CallbackKind, CallbackReading, CallbackRequest, Evidence } from '../issuer.js';
import type { CorecardShape } from './corecard.js';
import { adminNumberOf, readExactJsonObject } from './wire.js';

const ALERT = 'CancelPhysicalOrder';

/**
 * CoreCard's webhook `CancelPhysicalOrder` (`WEBHookPageApiDetail?id=46` of its portal). It names the embossing account but not the
 * order, and does not say who cancelled: hence it is worth something only after a cancel of ours that ended unknown.
 *
 * No page says how it is authenticated; a secret in the address is the proof, so the address must never be logged with its query.
 */
export const corecardCallback: CallbackKind<CorecardShape> = {
  // CoreCard lets the receiver choose the host only.
  aliases: [`/api/WebHookNotification/AlertNotification/${ALERT}`],
  read,
  // No page says what CoreCard wants to hear; these are the words of its own answers.
  acknowledgement: { Message: 'Received', Status: true },
  rejection: { Message: 'Not accepted', Status: false },
};

function read(request: CallbackRequest, account: Account<CorecardShape>): CallbackReading {
  if (!isAuthentic(request, account)) return { kind: 'forged' };
  const body = readExactJsonObject(new TextDecoder().decode(request.body));
  return body === null ? { kind: 'unreadable' } : readAlert(alertFields(body), account);
}

function isAuthentic({ method, url }: CallbackRequest, { settings }: Account<CorecardShape>): boolean {
  const secret = settings.CALLBACK_SECRET?.reveal();
  const given = new URLSearchParams(/\?.*$/s.exec(url)?.[0]).get('secret');
  if (method !== 'POST' || secret === undefined || given === null) return false;
  return timingSafeEqual(sha256(secret), sha256(given));
}

/** Of equal length, whatever was given. */
const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** The fields of an alert, names in lower case: whoever spells `AdminNumber` in another way means the same. */
type AlertFields = readonly (readonly [name: string, value: unknown])[];

/** The page lists the fields under the group `InfoAlert`, which is an array on the pages of other alerts, and shows no sample. */
function alertFields(body: Readonly<Record<string, unknown>>): AlertFields {
  const fields = fieldsOf(body);
  const groups = fields.flatMap(([name, value]) => (name === 'infoalert' ? [value].flat() : []));
  return [...fields, ...groups.flatMap(fieldsOf)];
}

const fieldsOf = (group: unknown): AlertFields =>
  Object.entries(typeof group === 'object' && group !== null ? group : {}).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);

function readAlert(fields: AlertFields, account: Account<CorecardShape>): CallbackReading {
  const names = [...textsOf(fields, 'alertname'), ...textsOf(fields, 'servicename')];
  if (names.some((name) => isOtherAlert(name, account))) return { kind: 'ignored' };
  const [adminNumber, ...others] = textsOf(fields, 'adminnumber').map(adminNumberOf);
  const isClear = adminNumber != null && others.every((other) => other === adminNumber);
  if (!isClear) return { kind: 'unreadable' };
  return {
    kind: 'about',
    match: { reference: { adminNumber } },
    news: 'cancelled-after-unknown',
    answered: { outcome: { kind: 'cancelled' }, evidence: evidenceOfAlert(fields, account) },
  };
}

/** What was said under a name, in text or number. */
const textsOf = (fields: AlertFields, wanted: string): readonly string[] =>
  fields.flatMap(([name, value]) =>
    name === wanted && typeof value === 'string' && value.trim() !== '' ? [value.trim()] : [],
  );

/**
 * Does `ServiceName`, or an `AlertName` should there be one, speak of another alert? All alerts have the same frame, `CardCancelled` among
 * them, and no page says what stands in these fields: a name of nothing but CoreCard itself says nothing, and any other must be made of
 * the words of a cancelled order alone. In doubt it is another alert, for a wrong proof is worse than a missing one.
 */
function isOtherAlert(name: string, { settings }: Account<CorecardShape>): boolean {
  if (settings.CALLBACK_SERVICE_NAMES.some((own) => own.toLowerCase() === name.toLowerCase())) return false;
  const letters = name.toLowerCase().replace(/[^a-z]/g, '');
  if (/^(api|web|hook|alert|notification|service|core|credit|card|management|s)*$/.test(letters)) return false;
  const isOfOurWords =
    /^(cancel(l?ed|l?ing|lation|ation)?|order|physical|card|api|web|hook|alert|notification|s)*$/.test(letters);
  return !isOfOurWords || !letters.includes('cancel') || !letters.includes('order');
}

function evidenceOfAlert(fields: AlertFields, { settings }: Account<CorecardShape>): Evidence {
  const secrets = [settings.CALLBACK_SECRET, settings.ACCESS_TOKEN].flatMap((secret) => secret?.reveal() ?? []);
  const masked = (text: string) => scrub(secrets.reduce((words, secret) => words.replaceAll(secret, '[secret]'), text));
  const [type] = textsOf(fields, 'alerttype');
  const [reason] = textsOf(fields, 'cancellationreason');
  const ids = [...textsOf(fields, 'requestuniversaluniqueid'), ...textsOf(fields, 'requestid')];
  return {
    httpStatus: null,
    issuerCode: masked(type ?? ALERT).slice(0, 100),
    issuerText: reason === undefined ? null : masked(reason).slice(0, 500),
    // An id with a masked part is none that CoreCard's support could find.
    traceId: ids.find((id) => masked(id) === id)?.slice(0, 200) ?? null,
  };
}
