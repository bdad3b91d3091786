drop index manual_cancellations_by_protocol, manual_cancellations_by_age, manual_cancellations_resolved, manual_cancellations_taken,
  manual_cancellations_due, manual_cancellations_open;
create index manual_cancellations_open on manual_cancellations (merchant_id, opened_at) where state in ('open', 'taken');
