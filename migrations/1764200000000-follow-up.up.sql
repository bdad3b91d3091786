-- What the follow-up needs beyond the first schema: modes that change while the service runs, callbacks that name a card instead of
-- a task, and how a person finished a manual cancellation, so that a late proof knows what to do with it.

-- How an issuer's account is treated, where an operator said otherwise than its setting does.
create table issuer_modes (
  merchant_id  text        not null,
  issuer       text        not null,
  sandbox      boolean     not null,
  mode         text        not null,
  changed_at   timestamptz not null default now(),
  constraint issuer_modes_pk primary key (merchant_id, issuer, sandbox),
  constraint issuer_modes_mode check (mode in ('live', 'paused', 'manual', 'dry-run'))
);

-- Only Artha names a task. The others name the card by some of the fields of its reference.
alter table issuer_callbacks
  alter column task_id drop not null,
  add column reference jsonb,              -- the fields of the reference that it names
  add column news text not null default 'outcome',
  add constraint issuer_callbacks_names_one check ((task_id is null) <> (reference is null)),
  add constraint issuer_callbacks_news check (news in ('outcome', 'cancelled-after-unknown', 'check'));
alter table issuer_callbacks alter column news drop default;

-- What the sweeper looks through, and deletes after 30 days.
create index issuer_callbacks_unmatched_by_age on issuer_callbacks (received_at) where processed_at is null;
-- Which payments a callback names.
create index issuer_references_by_field on issuer_references using gin (reference jsonb_path_ops);

-- How a person finished it. Only the first two are proof that the card is cancelled.
alter table manual_cancellations
  add column resolution text,
  add constraint manual_cancellations_resolution check (resolution in
    ('cancelled-at-issuer', 'already-cancelled', 'refunded-instead', 'cannot-be-cancelled', 'not-needed')),
  add constraint manual_cancellations_resolved check (state <> 'resolved' or resolution is not null);

-- What one issuer's follow-up looks for, so that a backlog at one issuer costs another one nothing.
drop index cancellations_open;
create index cancellations_open on cancellations (issuer, (coalesce(lease_until, next_check_at))) where state in ('asking', 'waiting');
alter table cancellations
  add constraint cancellations_open_has_issuer check (issuer is not null or state in ('cancelled', 'manual'));
