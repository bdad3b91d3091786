-- The list of manual cancellations in each of its orders, and every id that a person may have in hand, found without reading whole tables.

drop index manual_cancellations_open;
create index manual_cancellations_open on manual_cancellations (merchant_id, opened_at, manual_cancellation_id)
  where state in ('open', 'taken');
create index manual_cancellations_due on manual_cancellations (merchant_id, due_at, manual_cancellation_id)
  where state in ('open', 'taken');
create index manual_cancellations_taken on manual_cancellations (merchant_id, taken_by, due_at, manual_cancellation_id)
  where state = 'taken';
create index manual_cancellations_resolved on manual_cancellations (merchant_id, closed_at, manual_cancellation_id)
  where state = 'resolved';
create index manual_cancellations_by_age on manual_cancellations (merchant_id, opened_at, manual_cancellation_id);

create index manual_cancellations_by_protocol on manual_cancellations (merchant_id, protocol_number) where protocol_number is not null;
-- An order's number is also found by its beginning.
create index payments_by_order on payments (merchant_id, order_id text_pattern_ops) where order_id is not null;
create index authorizations_by_transaction on authorizations (merchant_id, transaction_id) where transaction_id is not null;
create index authorizations_by_reference on authorizations (merchant_id, reference) where reference is not null;
create index cancellations_by_id on cancellations (merchant_id, cancellation_id);
create index cancellation_requests_by_id on cancellation_requests (merchant_id, request_id);
create index operation_requests_by_id on operation_requests (merchant_id, request_id);
