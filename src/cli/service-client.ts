import { ConfigError, readOperatorSettings, type Environment, type OperatorSettings } from '../config.js';

/** Why a command cannot be carried out; the message says what to do. */
export class CommandError extends Error {}

/** What the service answered. */
export interface ServiceAnswer {
  readonly status: number;
  /** Null where it is no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** The service's clock: the operator's may be another one. */
  readonly now: Date;
}

export interface ServiceCall {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Under `/internal/`, its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** A check waits for the issuer: 25 s at most for each call, and there may be two. */
const PATIENCE_MS = 90_000;

/** Calls `/internal` of the running service, for whoever sits at a terminal. */
export class ServiceClient {
  constructor(
    readonly url: string,
    private readonly token: string,
  ) {}

  /**
   * @returns whatever the service itself answers, an error too
   * @throws CommandError when nothing answers, or something else than this service does
   */
  async call({ method, path, query = {}, body }: ServiceCall): Promise<ServiceAnswer> {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
    const response = await this.#fetch(`${this.url}/internal/${path}${search}`, method, body);
    return {
      status: response.status,
      body: readJson(await response.text()),
      now: new Date(response.headers.get('date') ?? Date.now()),
    };
  }

  /** As {@link call}, for an answer that must be a 2xx. @throws CommandError for any other */
  async need(call: ServiceCall): Promise<ServiceAnswer & { readonly body: Readonly<Record<string, unknown>> }> {
    const answer = await this.call(call);
    const { status, body } = answer;
    if (status >= 200 && status < 300 && body) return { ...answer, body };
    throw new CommandError(this.faultOf(answer));
  }

  /** What an answer that is none of the expected ones says, and what to do. */
  faultOf({ status, body }: ServiceAnswer): string {
    const message = typeof body?.message === 'string' ? body.message : '';
    if (status === 401)
      return `The service at ${this.url} refuses the bearer token. Set ADMIN_API_TOKEN to the one that it was started with.`;
    if (status === 422)
      return `The service at ${this.url} refuses this: ${JSON.stringify(body?.fields ?? message)}. Put it right and ask again.`;
    if (status >= 500)
      return `The service at ${this.url} could not answer (${status}). ${message} Look at /health/ready, and ask again.`;
    // The service's own words are sentences; those of something else that listens there seldom are.
    if ((status === 403 || status === 404 || status === 409) && message.endsWith('.')) return message;
    return `At ${this.url} something else than this service answers (${status}). Name the service's address with --url or PUBLIC_URL.`;
  }

  async #fetch(address: string, method: string, body: unknown): Promise<Response> {
    try {
      return await fetch(address, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // The token must not follow a redirect to somewhere else.
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch (error) {
      throw new CommandError(
        `The service at ${this.url} cannot be reached (${whyUnreachable(error)}). Start it, or name its address with --url or PUBLIC_URL.`,
        { cause: error },
      );
    }
  }
}

/** The client for the service that the arguments and the settings name. @throws CommandError, ConfigError */
export function serviceClient(url: string | undefined, environment: Environment): ServiceClient {
  const settings = readSettings(url, environment);
  const token = settings.linkToken ?? settings.adminToken;
  if (token === null) {
    throw new CommandError(
      'No bearer token is known: set ADMIN_API_TOKEN to the one that the service was started with. ("npm start" makes one by itself.)',
    );
  }
  return new ServiceClient(settings.url, token.reveal());
}

function readSettings(url: string | undefined, environment: Environment): OperatorSettings {
  if (url === undefined) return readOperatorSettings(environment);
  try {
    return readOperatorSettings({ ...environment, PUBLIC_URL: url });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CommandError(error.message.replace('PUBLIC_URL', '--url'), { cause: error });
  }
}

/** A port that browsers forbid has no code, but a cause that says so. */
function whyUnreachable(error: unknown): string {
  const { name, cause } = error as Error & { readonly cause?: { readonly code?: string; readonly message?: string } };
  if (name === 'TimeoutError') return `no answer within ${PATIENCE_MS / 1_000} s`;
  return cause?.code ?? cause?.message ?? name;
}

function readJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
