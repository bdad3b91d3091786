-- Takes the whole schema away again; for a database that holds nothing worth keeping.
drop table payment_events, notices, manual_cancellations, issuer_callbacks, attempts, cancellation_requests, cancellations,
  issuer_references, payments;
