import { callbacks } from './areas/callbacks.js';
import { cancel } from './areas/cancel.js';
import { connection } from './areas/connection.js';
import { create } from './areas/create.js';
import { history } from './areas/history.js';
import { inbound } from './areas/inbound.js';
import { internalSchemas } from './areas/internal-call.js';
import { issuerAccounts } from './areas/issuer-accounts.js';
import { issuers } from './areas/issuers.js';
import { links } from './areas/links.js';
import { manualCancellations } from './areas/manual-cancellations.js';
import { merchants } from './areas/merchants.js';
import { operations } from './areas/operations.js';
import { people } from './areas/people.js';
import { provider } from './areas/provider.js';
import { refund } from './areas/refund.js';
import { settle } from './areas/settle.js';
import { deviations, type Deviation } from './deviations.js';
import { methods, type Area, type Method, type PathItem, type TaggedOperation } from './operation.js';
import type { Schemas } from './schema.js';

/** Everything that the service answers, part by part; a new one is its file and its place here. */
const areas: readonly Area[] = [
  cancel,
  create,
  settle,
  refund,
  inbound,
  provider,
  links,
  history,
  manualCancellations,
  issuers,
  issuerAccounts,
  merchants,
  people,
  connection,
  callbacks,
  operations,
];

type TaggedPaths = Readonly<Record<string, Partial<Record<Method, TaggedOperation>> & Pick<PathItem, 'x-any-method'>>>;

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: TaggedPaths;
  readonly components: { readonly securitySchemes: typeof securitySchemes; readonly schemas: Schemas };
  readonly 'x-deviations': readonly Deviation[];
}

const description = `A payment provider for VTEX, for payments that bought a card: VTEX asks it to cancel a payment, and it cancels the card at the issuer that holds it.

**Amounts.** A cancel and a link write cents; create, settle and refund write currency units. VTEX's own documents have it so, and each field says which.

**Sent again.** Every call may be sent again, also many times at once. A final answer is the same bytes for ever; each answer says whether it is final.

**Unknown is not "no".** Whoever gets no answer, or a 5xx, asks again with the same ids.`;

const apiKey = (name: string, whose: string) => ({ type: 'apiKey', in: 'header', name, description: whose });

const securitySchemes = {
  vtexAppKey: apiKey('X-VTEX-API-AppKey', "The merchant's app key, in the names of VTEX's help pages. In any letters."),
  vtexAppToken: apiKey('X-VTEX-API-AppToken', 'Its token.'),
  providerAppKey: apiKey(
    'X-PROVIDER-API-AppKey',
    "The same app key, in the names of VTEX's OpenAPI. Where both are sent, these count.",
  ),
  providerAppToken: apiKey('X-PROVIDER-API-AppToken', 'Its token.'),
  operatorToken: { type: 'http', scheme: 'bearer', description: 'The token of `ADMIN_API_TOKEN`, for `/internal`.' },
  linkToken: {
    type: 'http',
    scheme: 'bearer',
    description:
      "A merchant's own token, made by `POST /internal/merchants/{merchantId}/link-token`: to link and read its payments.",
  },
};

/** The document of `/openapi.json`, of which `/docs` is the page. */
export function openApiDocument(version: string): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: 'vtex-card-connector',
      version,
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this document was found.' }],
    tags: areas.map(({ name, description }) => ({ name, description })),
    paths: pathsOf(areas),
    components: { securitySchemes, schemas: schemasOf(areas) },
    'x-deviations': Object.values(deviations),
  };
}

function pathsOf(areas: readonly Area[]): TaggedPaths {
  const paths: Record<string, TaggedPaths[string]> = {};
  for (const { name, paths: own } of areas) {
    for (const [path, item] of Object.entries(own)) {
      const tagged = methods.flatMap((method) => {
        const operation = item[method];
        return operation ? [[method, { tags: [name], ...operation }] as const] : [];
      });
      const anyMethod = item['x-any-method'] ? { 'x-any-method': true as const } : {};
      paths[path] = { ...paths[path], ...anyMethod, ...Object.fromEntries(tagged) };
    }
  }
  return paths;
}

const schemasOf = (areas: readonly Area[]): Schemas =>
  Object.assign({}, ...areas.map(({ schemas }) => schemas), internalSchemas) as Schemas;
