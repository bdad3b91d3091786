-- The list of manual cancellations in each of its orders, and a task by the issuer's protocol number, without reading the whole table.

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
