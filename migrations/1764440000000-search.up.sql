-- What the console's pages look for besides a payment's own id: what is in progress, any payment by whatever id somebody has, and what
-- happened lately. Sizes are those for a million payments with a cancellation each.

-- What the machine still works on, the oldest first. Only open rows are in it.
create index cancellations_in_progress on cancellations (merchant_id, claimed_at, payment_id) where state in ('asking', 'waiting');
-- The days of the overview; 54 MB.
create index cancellations_by_claim on cancellations (merchant_id, claimed_at);
-- How an issuer has answered lately; 74 MB.
create index cancellations_by_issuer on cancellations (merchant_id, issuer, claimed_at);
-- Only of what is proven: nobody else was ever told the id. 77 MB.
create index cancellations_by_id on cancellations (merchant_id, cancellation_id) where state = 'cancelled';
-- Tests of merchants; few.
create index payments_sandbox on payments (merchant_id, created_at, payment_id) where sandbox;

-- The ids that people find in VTEX's admin, in an e-mail of VTEX's or in a log of theirs; 30 to 85 MB each.
create index payments_by_order on payments (merchant_id, order_id) where order_id is not null;
create index authorizations_by_transaction on authorizations (merchant_id, transaction_id) where transaction_id is not null;
create index authorizations_by_reference on authorizations (merchant_id, reference) where reference is not null;
create index authorizations_by_authorization on authorizations (merchant_id, authorization_id);
create index cancellation_requests_by_request on cancellation_requests (merchant_id, request_id);
create index operation_requests_by_request on operation_requests (merchant_id, request_id);
