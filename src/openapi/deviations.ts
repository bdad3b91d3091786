/** Where we differ from VTEX's OpenAPI document (Payment Provider Protocol, 2026-08-07), and why. */
export interface Deviation {
  readonly call: string;
  /** What VTEX's document says. */
  readonly theirs: string;
  readonly ours: string;
  readonly why: string;
}

export const deviations = {
  'manual-at-200': {
    call: 'Cancel, Refund',
    theirs: '`cancel-manually` and `refund-manually` come as 501, and a 200 has a text as id.',
    ours: '200 with a null id; 501 with `CANCEL_MANUALLY_STATUS=501`.',
    why: "VTEX's own page of Cancel Payment shows `cancel-manually` at 200 with a null id, and 501 may be taken for a failure that is asked again.",
  },
  'pending-at-200': {
    call: 'Cancel',
    theirs: 'A 200 has a text as `cancellationId`.',
    ours: 'With `PENDING_STATUS=200`, a cancellation in progress comes as 200 with a null id. The default is 500, as the document has it.',
    why: "VTEX's documents name no status for it; one of VTEX's own connectors answers 200.",
  },
  'credentials-and-paths': {
    call: 'All',
    theirs: 'There is no 401 and no 404.',
    ours: '401 for wrong credentials, 404 for a path that is none, both in the shape of the call.',
    why: 'The document leaves it open what is answered then; neither may look like a success or a decision.',
  },
  'unusable-request': {
    call: 'Cancel, Settle, Refund, Inbound',
    theirs: 'Only a create has a 400.',
    ours: '400 in the shape of the call, with the name of the field.',
    why: 'Asking again cannot help, and a 500 would be asked again for a day.',
  },
  'fault-before-the-request-was-read': {
    call: 'Cancel, Settle, Refund, Inbound',
    theirs: '`requestId` is text in every answer; an inbound request has no 500.',
    ours: 'A 500 of ours may have a null `requestId`, and an inbound request may get one.',
    why: 'A fault may come before the body was read.',
  },
  'both-header-families': {
    call: 'All',
    theirs: 'Credentials come as `X-PROVIDER-API-AppKey` and `X-PROVIDER-API-AppToken`.',
    ours: '`X-VTEX-API-AppKey` and `X-VTEX-API-AppToken` are taken as well, in any letters.',
    why: "VTEX's help pages say that providers on their own servers get these.",
  },
  'optional-authorization-id': {
    call: 'Cancel, Settle, Refund, Inbound',
    theirs: 'Many fields are required.',
    ours: 'Only `paymentId` and `requestId` are; of a create `paymentId` alone.',
    why: 'Two of the three examples of the page of Cancel Payment lack a required field.',
  },
  'inbound-paths': {
    call: 'Inbound',
    theirs: '`/payments/{paymentId}/inbound/{action}`.',
    ours: 'Also `/inbound-request`, and each without an action.',
    why: "VTEX's guides spell it so.",
  },
} as const satisfies Record<string, Deviation>;
