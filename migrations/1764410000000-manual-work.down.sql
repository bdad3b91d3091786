drop table manual_cancellation_events;
update manual_cancellations set state = 'open' where state = 'taken';
alter table manual_cancellations
  drop column version, drop column issuer, drop column due_at, drop column taken_by, drop column taken_at, drop column resolved_by,
  drop column resolution_note, drop column protocol_number, drop column word_counts_at, drop column vtex_told_at;
