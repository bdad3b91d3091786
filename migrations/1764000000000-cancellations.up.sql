-- The first schema: what VTEX asked, what we did about it, and what a person must do. Every promise that SQL can hold is
-- held here by a named constraint. In every table the keys start with merchant_id, so that the same schema distributes by it.

-- One payment of VTEX's. A row without issuer reference is a payment that we know and that bought nothing (yet), or the
-- mark of a cancel for a payment we never saw.
create table payments (
  merchant_id     text        not null,
  payment_id      text        not null,
  sandbox         boolean     not null,
  seen_before     boolean     not null,  -- false: VTEX's cancel was the first we heard of it
  value_in_cents  bigint,                -- null: not known
  order_id        text,
  settled_at      timestamptz,
  version         integer     not null default 1,
  created_at      timestamptz not null default now(),
  constraint payments_pk primary key (merchant_id, payment_id),
  constraint payments_merchant_id_length check (char_length(merchant_id) between 1 and 64),
  constraint payments_payment_id_length check (char_length(payment_id) between 1 and 255),
  constraint payments_value_not_negative check (value_in_cents >= 0)
);

-- What a payment bought at an issuer. The primary key is the promise «one payment per issuer reference».
-- The issuer is text, not an enum: a new issuer needs no migration.
create table issuer_references (
  merchant_id  text        not null,
  issuer       text        not null,
  sandbox      boolean     not null,
  identity     text        not null,  -- equal for two references exactly when they mean the same thing at the issuer
  payment_id   text        not null,
  reference    jsonb       not null,
  late         boolean     not null,  -- linked after a cancellation had begun without it: a card may be alive
  linked_at    timestamptz not null default now(),
  constraint issuer_references_pk primary key (merchant_id, issuer, sandbox, identity),
  constraint issuer_references_payment foreign key (merchant_id, payment_id) references payments
);
-- A payment has one reference; late ones are kept beside it, because each may be a card that is alive.
create unique index issuer_references_one_per_payment on issuer_references (merchant_id, payment_id) where not late;
create index issuer_references_by_payment on issuer_references (merchant_id, payment_id);

-- The one effect per payment: the primary key is the promise.
create table cancellations (
  merchant_id      text        not null,
  payment_id       text        not null,
  cancellation_id  text        not null,  -- decided here, before the issuer is asked; told to VTEX only on proof
  issuer           text,                  -- null: never linked, or never seen
  state            text        not null,
  reason           text,                  -- why a person must act
  proof            text,                  -- why we may say that it is cancelled
  version          integer     not null default 1,
  claimed_at       timestamptz not null default now(),
  lease_until      timestamptz,           -- until then the process that made the open attempt owns it
  next_check_at    timestamptz,           -- when the follow-up looks again; kept while it asks
  finished_at      timestamptz,
  constraint cancellations_pk primary key (merchant_id, payment_id),
  constraint cancellations_payment foreign key (merchant_id, payment_id) references payments,
  constraint cancellations_state check (state in ('asking', 'waiting', 'cancelled', 'manual')),
  constraint cancellations_cancelled_only_on_proof check ((state = 'cancelled') = (proof is not null)),
  constraint cancellations_proof check (proof in ('answer', 'query', 'callback', 'never-linked', 'person')),
  constraint cancellations_manual_has_reason check (state <> 'manual' or reason is not null),
  constraint cancellations_asking_has_lease check ((state = 'asking') = (lease_until is not null)),
  constraint cancellations_waiting_has_next_check check (state <> 'waiting' or next_check_at is not null),
  constraint cancellations_final_is_finished check ((state in ('cancelled', 'manual')) = (finished_at is not null))
);
-- What the follow-up and the sweeper look for; only open rows are in it.
create index cancellations_open on cancellations (coalesce(lease_until, next_check_at)) where state in ('asking', 'waiting');

-- One request of VTEX's, however often it was sent. The answer is null until it is final and given; then it never changes.
create table cancellation_requests (
  merchant_id       text        not null,
  payment_id        text        not null,
  request_id        text        not null,
  authorization_id  text,
  value             numeric,               -- as VTEX sent it: its documents mix cents and currency units
  partial           boolean     not null default false,
  first_seen_at     timestamptz not null default now(),
  answer_status     smallint,
  answer_body       text,                  -- the exact bytes, as UTF-8 text
  answered_at       timestamptz,
  constraint cancellation_requests_pk primary key (merchant_id, payment_id, request_id),
  constraint cancellation_requests_payment foreign key (merchant_id, payment_id) references payments,
  constraint cancellation_requests_request_id_length check (char_length(request_id) between 1 and 255),
  constraint cancellation_requests_answer_whole
    check ((answer_status is null) = (answer_body is null) and (answer_body is null) = (answered_at is null))
);

-- One exchange with an issuer. A row without outcome was begun and not (yet) recorded: the call may have gone out.
create table attempts (
  merchant_id   text        not null,
  payment_id    text        not null,
  attempt_no    integer     not null,
  kind          text        not null,
  outcome       text,
  reason        text,                      -- of a refusal
  certainty     text,                      -- of a refusal
  retry_when    text,                      -- of a retry
  retry_at      timestamptz,               -- of a retry: not before
  task_id       text,                      -- the issuer's id of what it still works on
  http_status   smallint,
  issuer_code   text,
  issuer_text   text,
  trace_id      text,
  late          boolean     not null default false,  -- its answer came after its lease was taken over
  started_at    timestamptz not null default now(),
  ended_at      timestamptz,
  constraint attempts_pk primary key (merchant_id, payment_id, attempt_no),
  constraint attempts_cancellation foreign key (merchant_id, payment_id) references cancellations,
  constraint attempts_kind check (kind in ('cancel', 'query', 'callback')),
  constraint attempts_outcome check
    (outcome in ('cancelled', 'already-cancelled', 'not-cancelled', 'pending', 'refused', 'retry', 'unknown')),
  constraint attempts_ended_with_outcome check ((outcome is null) = (ended_at is null))
);
-- A callback names only the task.
create index attempts_by_task on attempts (merchant_id, task_id) where task_id is not null;

-- A callback that came in and was verified. Deduplicated by the hash of its bytes, without a time window.
create table issuer_callbacks (
  merchant_id   text        not null,
  issuer        text        not null,
  sandbox       boolean     not null,
  body_sha256   bytea       not null,
  task_id       text        not null,
  answered      jsonb       not null,      -- its outcome and evidence; the raw body is not kept
  received_at   timestamptz not null default now(),
  processed_at  timestamptz,               -- null: no cancellation with this task is known yet
  constraint issuer_callbacks_pk primary key (merchant_id, issuer, sandbox, body_sha256),
  constraint issuer_callbacks_hash_length check (octet_length(body_sha256) = 32)
);
create index issuer_callbacks_unmatched on issuer_callbacks (merchant_id, issuer, sandbox, task_id) where processed_at is null;

-- What a person at the merchant must do. Unique by payment and kind; partial cancels (and refunds) also by request.
create table manual_cancellations (
  merchant_id             text        not null,
  manual_cancellation_id  uuid        not null default gen_random_uuid(),
  payment_id              text        not null,
  kind                    text        not null,
  request_id              text,
  reason                  text        not null,
  state                   text        not null default 'open',
  opened_at               timestamptz not null default now(),
  closed_at               timestamptz,
  constraint manual_cancellations_pk primary key (merchant_id, manual_cancellation_id),
  constraint manual_cancellations_payment foreign key (merchant_id, payment_id) references payments,
  constraint manual_cancellations_kind check (kind in ('whole', 'partial', 'linked-late', 'refund')),
  constraint manual_cancellations_request check ((kind in ('partial', 'refund')) = (request_id is not null)),
  constraint manual_cancellations_once unique nulls not distinct (merchant_id, payment_id, kind, request_id),
  constraint manual_cancellations_state check (state in ('open', 'taken', 'resolved', 'not-needed')),
  constraint manual_cancellations_closed check ((state in ('resolved', 'not-needed')) = (closed_at is not null)),
  constraint manual_cancellations_reason check (reason in (
    'already_printed', 'refused_by_issuer', 'instrument_not_active', 'not_found', 'no_link', 'no_answer', 'already_settled',
    'partial', 'linked_after_cancel', 'late_success', 'mode_manual', 'dry_run', 'taken_over', 'refund'))
);
create index manual_cancellations_open on manual_cancellations (merchant_id, opened_at) where state in ('open', 'taken');

-- The outbox: a notice is written in the transaction that decides, and delivered afterwards, at least once.
create table notices (
  merchant_id             text        not null,
  notice_id               uuid        not null default gen_random_uuid(),
  event                   text        not null,
  manual_cancellation_id  uuid        not null,
  created_at              timestamptz not null default now(),
  next_try_at             timestamptz default now(),
  tries                   integer     not null default 0,
  last_fault              text,
  delivered_at            timestamptz,
  constraint notices_pk primary key (merchant_id, notice_id),
  constraint notices_manual_cancellation foreign key (merchant_id, manual_cancellation_id) references manual_cancellations,
  constraint notices_event check (event in ('manual_required', 'taken', 'resolved', 'not_needed')),
  constraint notices_open_has_next_try check ((delivered_at is null) = (next_try_at is not null))
);
create index notices_open on notices (next_try_at) where delivered_at is null;

-- What happened to a payment besides its requests and attempts: alerts, links, unusable requests, a repeated key with other content.
create table payment_events (
  merchant_id  text        not null,
  payment_id   text        not null,
  event_no     bigint      not null generated always as identity,
  at           timestamptz not null default clock_timestamp(),
  kind         text        not null,
  words        text        not null,
  constraint payment_events_pk primary key (merchant_id, payment_id, event_no)
);
