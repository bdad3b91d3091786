-- What a person does with a manual cancellation: takes it, ends it with an outcome, opens it again; when it is due; and each move as an event.

alter table manual_cancellations
  add column version integer not null default 1,
  add column issuer text,                    -- where the card is, as far as that was known when it opened; null: not known
  add column due_at timestamptz,
  add column taken_by uuid,
  add column taken_at timestamptz,
  add column resolved_by uuid,
  add column resolution_note text,
  add column protocol_number text,           -- of the issuer
  add column word_counts_at timestamptz,     -- from then on a person's "cancelled" is proof; null: it is none, or was told already
  add column vtex_told_at timestamptz,       -- the word has become proof: nothing retracts it
  add constraint manual_cancellations_taken_by foreign key (merchant_id, taken_by) references people,
  add constraint manual_cancellations_resolved_by foreign key (merchant_id, resolved_by) references people,
  add constraint manual_cancellations_word check (word_counts_at is null
    or (state = 'resolved' and resolution in ('cancelled-at-issuer', 'already-cancelled'))),
  add constraint manual_cancellations_note_length check (char_length(resolution_note) between 1 and 2000),
  add constraint manual_cancellations_protocol_length check (char_length(protocol_number) between 1 and 100);

update manual_cancellations m set
  due_at = opened_at + interval '24 hours',
  -- Nobody could sign in before, so nobody has it.
  state = case when state = 'taken' then 'open' else state end,
  issuer = (select r.issuer from issuer_references r where r.merchant_id = m.merchant_id and r.payment_id = m.payment_id
            order by r.late desc, r.linked_at desc limit 1);
alter table manual_cancellations
  alter column due_at set not null,
  add constraint manual_cancellations_taken_has_owner check ((state = 'taken') = (taken_by is not null)),
  add constraint manual_cancellations_taken_at check ((taken_by is null) = (taken_at is null));

create index manual_cancellations_words on manual_cancellations (word_counts_at) where word_counts_at is not null;

-- What happened to a manual cancellation, by whom. Never changed.
create table manual_cancellation_events (
  merchant_id             text        not null,
  manual_cancellation_id  uuid        not null,
  event_no                bigint      not null generated always as identity,
  at                      timestamptz not null default clock_timestamp(),
  kind                    text        not null,
  person_id               uuid,              -- null: the machine
  to_person_id            uuid,              -- of a hand-over
  reason                  text,              -- with which it opened, was completed or reopened
  resolution              text,
  protocol_number         text,
  note                    text,
  constraint manual_cancellation_events_pk primary key (merchant_id, manual_cancellation_id, event_no),
  constraint manual_cancellation_events_task foreign key (merchant_id, manual_cancellation_id) references manual_cancellations,
  constraint manual_cancellation_events_person foreign key (merchant_id, person_id) references people,
  constraint manual_cancellation_events_to_person foreign key (merchant_id, to_person_id) references people,
  constraint manual_cancellation_events_kind check (kind in ('opened', 'completed', 'taken', 'released', 'handed-over', 'noted',
    'resolved', 'undone', 'reopened', 'late-success', 'not-needed', 'proof-recorded')),
  constraint manual_cancellation_events_note_length check (char_length(note) between 1 and 2000),
  constraint manual_cancellation_events_handed_over check ((kind = 'handed-over') = (to_person_id is not null)),
  constraint manual_cancellation_events_resolved check ((kind = 'resolved') = (resolution is not null))
);
insert into manual_cancellation_events (merchant_id, manual_cancellation_id, at, kind, reason)
  select merchant_id, manual_cancellation_id, opened_at, 'opened', reason from manual_cancellations order by opened_at;
insert into manual_cancellation_events (merchant_id, manual_cancellation_id, at, kind, resolution)
  select merchant_id, manual_cancellation_id, closed_at, case state when 'resolved' then 'resolved' else 'not-needed' end,
         case state when 'resolved' then resolution end
  from manual_cancellations where state in ('resolved', 'not-needed') order by closed_at;
