import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import http from 'node:http';
import https from 'node:https';
import type { Account, Answered, Evidence, Probe, RetryOutcome } from './issuer.js';

/**
 * The only way out to an issuer.
 */
export interface IssuerHttp {
  /**
   * Sends one request and waits for the whole answer, no longer than `timeoutMs`.
   *
   * Never throws for what a network or an issuer may do: each failure has a name, and says whether the request can have
   * reached the issuer. Redirects are not followed.
   */
  send(request: IssuerRequest): Promise<IssuerAnswer>;
}

export interface IssuerRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes to send; null for no body. */
  readonly body: string | null;
  readonly timeoutMs: number;
}

/**
 * - `answer`: complete, and its body is readable text.
 * - `not-sent`: the name, the connection or the TLS handshake failed; the issuer cannot have seen the request.
 * - `no-answer`: the request may have been seen; the answer did not come, broke off, or is too large or not text.
 */
export type IssuerAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: IssuerHeaders; readonly text: string }
  | { readonly kind: 'not-sent'; readonly fault: string }
  | { readonly kind: 'no-answer'; readonly fault: string; readonly status: number | null };

/** Names in lower case. */
export type IssuerHeaders = Readonly<Record<string, string | undefined>>;

/** 1 MB: the largest documented answer has a few hundred bytes; a card list may have some tens of kilobytes. */
const MAX_ANSWER_BYTES = 1_000_000;

/** A socket idle for longer is closed and not used again: a server that closed it meanwhile would leave the outcome unknown. */
const IDLE_SOCKET_MS = 4_000;

const MAX_RETRY_AFTER_MS = 10 * 60_000;

@Injectable()
export class AxiosIssuerHttp implements IssuerHttp {
  readonly #agents = {
    httpAgent: new http.Agent({ keepAlive: true, timeout: IDLE_SOCKET_MS }),
    httpsAgent: new https.Agent({ keepAlive: true, timeout: IDLE_SOCKET_MS, minVersion: 'TLSv1.2' }),
  };

  constructor(private readonly client: HttpService) {}

  async send(request: IssuerRequest): Promise<IssuerAnswer> {
    const progress = { sent: false, status: null as number | null };
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), request.timeoutMs);
    try {
      const response = await this.client.axiosRef.request<Buffer>({
        method: request.method,
        url: request.url,
        // axios sends the text as it is; it must not parse anything, nor guess a content type (`false` keeps it from that).
        headers: { ...(namesContentType(request.headers) ? {} : { 'content-type': false }), ...request.headers },
        ...(request.body === null ? {} : { data: request.body }),
        transformRequest: (data: unknown) => data,
        transformResponse: (data: unknown) => data,
        responseType: 'arraybuffer',
        validateStatus: () => true,
        maxRedirects: 0,
        maxContentLength: MAX_ANSWER_BYTES,
        proxy: false,
        signal: deadline.signal,
        transport: watchedTransport(request.url, progress),
        ...this.#agents,
      });
      const text = readText(response.data);
      if (text === null) return { kind: 'no-answer', fault: 'not-text', status: response.status };
      const mask = maskOfCredentials(request.headers);
      return { kind: 'answer', status: response.status, headers: lowerCase(response.headers, mask), text: mask(text) };
    } catch (error) {
      const fault = deadline.signal.aborted ? 'timeout' : faultName(error);
      return progress.sent ? { kind: 'no-answer', fault, status: progress.status } : { kind: 'not-sent', fault };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes all connections, also those in use: call it when no answer is awaited any more. */
  close(): void {
    this.#agents.httpAgent.destroy();
    this.#agents.httpsAgent.destroy();
  }
}

/**
 * Node's own `request`, watched: `sent` turns true when the connection (with TLS: its handshake) stands, because from then on
 * bytes can have reached the issuer. axios alone cannot tell: a reset before and after that moment look the same.
 */
function watchedTransport(url: string, progress: { sent: boolean; status: number | null }) {
  const { request } = url.startsWith('https:') ? https : http;
  const ready = url.startsWith('https:') ? 'secureConnect' : 'connect';
  return {
    request(options: http.RequestOptions, onResponse: (response: http.IncomingMessage) => void) {
      const outgoing = request(options, onResponse);
      outgoing.on('socket', (socket) => {
        if (outgoing.reusedSocket) progress.sent = true;
        else socket.once(ready, () => (progress.sent = true));
      });
      outgoing.on('response', (response) => {
        progress.sent = true;
        progress.status = response.statusCode ?? null;
      });
      return outgoing;
    },
  };
}

const namesContentType = (headers: IssuerRequest['headers']) =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');

function readText(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

function lowerCase(headers: unknown, mask: (text: string) => string): IssuerHeaders {
  const entries = Object.entries(headers as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, value]) => [name.toLowerCase(), value == null ? undefined : mask(`${value as string}`)]),
  );
}

/** An answer may repeat the token it was sent, and no pattern recognises an opaque one later: it is masked where it comes in. */
function maskOfCredentials(headers: IssuerRequest['headers']): (text: string) => string {
  const credentials = Object.entries(headers)
    .filter(([name]) => !isHarmless(name))
    .flatMap(([, value]) => value.split(/\s+/))
    .filter((word) => word.length >= MIN_CREDENTIAL_LENGTH);
  return (text) => credentials.reduce((masked, credential) => masked.replaceAll(credential, '[secret]'), text);
}

/** Of a header: it is none that could carry a credential. */
const isHarmless = (name: string) => /^(accept|content-type|user-agent)$/i.test(name);

/** What is shorter may be an ordinary word: a scheme, a version. */
const MIN_CREDENTIAL_LENGTH = 12;

function faultName(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return 'network';
  const names: Record<string, string> = {
    ENOTFOUND: 'name-not-found',
    EAI_AGAIN: 'name-not-found',
    ECONNREFUSED: 'refused',
    ECONNRESET: 'reset',
    EPIPE: 'reset',
    ERR_BAD_RESPONSE: 'broken-answer',
  };
  return names[code] ?? code.toLowerCase().replaceAll('_', '-');
}

/**
 * What is common to all issuers: the network's faults and the HTTP statuses that say nothing about the card.
 * Returns null where the issuer's own table must decide. Call it after the body was looked at, since the status alone
 * misleads at every issuer.
 *
 * @param said what the issuer's body told, for the evidence
 */
export function commonOutcome(
  answer: IssuerAnswer,
  said: Partial<Evidence> = {},
): Answered<RetryOutcome | { kind: 'unknown'; alert?: string }> | null {
  if (answer.kind === 'not-sent')
    return { outcome: { kind: 'retry', when: 'at-once' }, evidence: evidenceOf(answer, said) };
  if (answer.kind === 'no-answer') return { outcome: { kind: 'unknown' }, evidence: evidenceOf(answer, said) };
  const evidence = evidenceOf(answer, said);
  const { status } = answer;
  if (status === 429) {
    const afterMs = retryAfterMs(answer.headers['retry-after']);
    return { outcome: { kind: 'retry', when: 'at-once', ...(afterMs === null ? {} : { afterMs }) }, evidence };
  }
  if (status >= 300 && status < 400)
    return { outcome: later(`answers ${status}, a redirect: check its base URL`), evidence };
  if (status === 401) return { outcome: later('answers 401: check the credentials'), evidence };
  if (status === 403) return { outcome: later('answers 403: check its IP allow list and our rights'), evidence };
  if ([405, 406, 415, 422].includes(status)) {
    return {
      outcome: later(`answers ${status}: our request does not suit it; check its base URL and version`),
      evidence,
    };
  }
  if (status === 408 || status >= 500) return { outcome: { kind: 'unknown' }, evidence };
  return null;
}

/** A fault that a person must put right before sending again makes sense. */
export const later = (alert: string): RetryOutcome => ({ kind: 'retry', when: 'later', alert });

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), at most 10 minutes; null when absent or unreadable. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | null {
  const wish = header?.trim() ?? '';
  const ms = /^\d+$/.test(wish) ? Number(wish) * 1000 : isHttpDate(wish) ? Date.parse(wish) - now : NaN;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/** `Sun, 06 Nov 1994 08:49:37 GMT`. `Date.parse` alone would also make a date of `maybe 5`. */
const isHttpDate = (text: string) => /^[a-z]{3,9}, .* GMT$/i.test(text);

/** The part of an exchange that may be kept. `said` is what the issuer's own parser found in the body. */
export function evidenceOf(answer: IssuerAnswer, said: Partial<Evidence> = {}): Evidence {
  const { issuerText } = said;
  return {
    httpStatus: answer.kind === 'not-sent' ? null : answer.status,
    issuerCode:
      said.issuerCode == null ? (answer.kind === 'answer' ? null : answer.fault) : scrub(said.issuerCode).slice(0, 100),
    issuerText: issuerText == null ? null : scrub(issuerText).slice(0, 500),
    traceId: said.traceId == null ? null : scrub(said.traceId).slice(0, 200),
  };
}

/**
 * Masks what must not be kept: card numbers and other long numbers (11 to 19 digits, blanks and dashes allowed between; 11 are a CPF without
 * its dots), e-mail addresses, bearer tokens and JWTs, Brazilian tax numbers (CPF, CNPJ), key material, and control characters (so that
 * a text cannot forge a log line). UUIDs stay: support asks for them. Of a text longer than 2000 characters only the beginning is read.
 */
export function scrub(words: string): string {
  return (
    beginning(words)
      // First, so that a card number written over several lines is one number.
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
      .replace(/-----BEGIN.*?(-----END[^-]*-----|$)/g, '[key]')
      .replace(/\beyJ[\w-]+(\.[\w-]*){0,2}/g, '[token]')
      .replace(/\bBearer\s+\S+/gi, 'Bearer [token]')
      .replace(/[^\s@"'<>()]+@[^\s@"'<>()]+\.[^\s@"'<>()]+/g, '[e-mail]')
      .replace(/\b\d{2,3}\.\d{3}\.\d{3}(\/\d{4})?-\d{2}\b/g, '[document]')
      .replace(UUID_OR_LONG_NUMBER, (found) => (/[a-f]/i.test(found) ? found : '[number]'))
  );
}

const UUID_OR_LONG_NUMBER = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b|\d(?:[\s-]{0,3}\d){10,18}/gi;

const MAX_SCRUBBED = 2_000;

/** Four times what is kept. A word or number that the cut would split is left out, since half of one is not recognised. */
function beginning(words: string): string {
  if (words.length <= MAX_SCRUBBED) return words;
  let end = MAX_SCRUBBED;
  while (end > 0 && !/\s/.test(words.charAt(end - 1))) end -= 1;
  while (end > 0 && /[\d\s-]/.test(words.charAt(end - 1))) end -= 1;
  return words.slice(0, end);
}

/** Reads JSON without throwing; a JSON text inside a JSON string is read too. Null when it is no object. */
export function readJsonObject(body: string): Readonly<Record<string, unknown>> | null {
  try {
    let value: unknown = JSON.parse(body);
    if (typeof value === 'string') value = JSON.parse(value);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** The value when it is text, else null. */
export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/**
 * Sends, and sends once more with fresh credentials when the first answer is 401. A 401 proves that the first was not carried out.
 * Both share the first one's time-out, because the lease on the attempt covers no more; with too little of it left the 401 stands.
 *
 * @param make builds the request anew, so that a second one is signed with a new timestamp and nonce
 * @param renew reads the secrets again
 */
export async function sendRenewing(
  http: IssuerHttp,
  make: () => IssuerRequest | Promise<IssuerRequest>,
  renew: () => unknown,
): Promise<IssuerAnswer> {
  const request = await make();
  const endsAt = performance.now() + request.timeoutMs;
  const first = await http.send(request);
  if (first.kind !== 'answer' || first.status !== 401) return first;
  await renew();
  const second = await make();
  const leftMs = Math.floor(Math.min(second.timeoutMs, endsAt - performance.now()));
  return leftMs < SHORTEST_TIMEOUT_MS ? first : http.send({ ...second, timeoutMs: leftMs });
}

/** A call with less time than this would only leave its outcome unknown. */
const SHORTEST_TIMEOUT_MS = 50;

export interface HarmlessCall {
  /** Builds a request that reads, and changes nothing. */
  readonly make: () => IssuerRequest | Promise<IssuerRequest>;
  /** Reads the secrets again. */
  readonly renew: () => unknown;
  /** How the issuer refuses credentials besides with 401 and 403. */
  readonly isRefusal: (answer: IssuerAnswer) => boolean;
}

/**
 * Asks for something that does not exist, or that tells nothing, and sees what becomes of our credentials. They count as taken only when
 * the same call without them is refused: a server that answers everybody alike proves nothing.
 */
export async function probeWith(http: IssuerHttp, { make, renew, isRefusal }: HarmlessCall): Promise<Probe> {
  const see = (answer: IssuerAnswer): Probe => {
    const seen = seenIn(answer);
    return seen.kind === 'reachable' && isRefusal(answer) ? { ...seen, kind: 'credentials-refused' } : seen;
  };
  const request = await make();
  const seen = see(await sendRenewing(http, make, renew));
  if (seen.kind !== 'reachable' || isUndecided(seen.httpStatus)) return seen;
  const harmless = Object.entries(request.headers).filter(([name]) => isHarmless(name));
  const withoutThem = see(await http.send({ ...request, headers: Object.fromEntries(harmless) }));
  return withoutThem.kind === 'credentials-refused' ? { ...seen, kind: 'accepted' } : seen;
}

/** Asks an issuer that offers no harmless call whether it is there: any answer to its bare address will do. */
export async function probeAddress(
  http: IssuerHttp,
  { baseUrl, timeoutMs }: Pick<Account, 'baseUrl' | 'timeoutMs'>,
): Promise<Probe> {
  const seen = seenIn(
    await http.send({ method: 'GET', url: baseUrl, headers: { Accept: '*/*' }, body: null, timeoutMs }),
  );
  // No credentials went out, so a refusal says nothing of ours.
  return seen.kind === 'credentials-refused' ? { ...seen, kind: 'reachable' } : seen;
}

function seenIn(answer: IssuerAnswer): Probe {
  const httpStatus = answer.kind === 'not-sent' ? null : answer.status;
  if (httpStatus === null) return { kind: 'unreachable', fault: answer.kind === 'answer' ? 'network' : answer.fault };
  return { kind: httpStatus === 401 || httpStatus === 403 ? 'credentials-refused' : 'reachable', httpStatus };
}

/** A redirect, a throttle or a fault may come before anybody looks at credentials. */
const isUndecided = (status: number) =>
  (status >= 300 && status < 400) || [407, 408, 429].includes(status) || status >= 500;
