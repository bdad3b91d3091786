-- Takes back what follow-up added. A callback that names a card cannot stay: the older schema has no place for it.
alter table manual_cancellations
  drop constraint manual_cancellations_resolved,
  drop constraint manual_cancellations_resolution,
  drop column resolution;
drop index issuer_references_by_field, issuer_callbacks_unmatched_by_age;
delete from issuer_callbacks where task_id is null;
alter table issuer_callbacks
  drop constraint issuer_callbacks_news,
  drop constraint issuer_callbacks_names_one,
  drop column news,
  drop column reference,
  alter column task_id set not null;
drop table issuer_modes;
drop index cancellations_open;
create index cancellations_open on cancellations (coalesce(lease_until, next_check_at)) where state in ('asking', 'waiting');
alter table cancellations drop constraint cancellations_open_has_issuer;
