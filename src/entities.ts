import {
  AuthorizationEntity,
  OperationRequestEntity,
  VtexCallEntity,
} from './authorizations/authorization.entities.js';
import { AttemptEntity, CancellationEntity, CancellationRequestEntity } from './cancellations/cancellation.entities.js';
import { IssuerReferenceEntity, PaymentEntity, PaymentEventEntity } from './payments/payment.entities.js';

/** Every entity; they serve the pages and lists. What decides or changes something is hand-written SQL. */
export const entities = [
  PaymentEntity,
  IssuerReferenceEntity,
  PaymentEventEntity,
  CancellationEntity,
  CancellationRequestEntity,
  AttemptEntity,
  AuthorizationEntity,
  OperationRequestEntity,
  VtexCallEntity,
];
